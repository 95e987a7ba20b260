import { reactive, readonly } from 'vue'

import type { Language } from './words/language'

/** How a person wants the pages to look and speak; the same names as in the account. */
export interface Preferences {
  language: Language
  large_font: boolean
  high_contrast: boolean
}

const KEPT_UNDER = 'yunzhen.preferences'
/** What was chosen on this device while nobody was signed in: it goes along into the account. */
const CHOSEN_UNDER = 'yunzhen.preferences.chosen'
const STANDARD: Preferences = { language: 'zh', large_font: false, high_contrast: false }

const current = reactive<Preferences>(readKept())
const listeners = new Set<(changed: Partial<Preferences>) => void>()

/** What holds now. Read-only: `setPreferences` changes it. */
export const preferences = readonly(current)

/**
 * Changes some preferences at once, keeps them on this device and tells the listeners
 * (the app sends them to the account). `quietly`: they came from the account itself.
 */
export function setPreferences(change: Partial<Preferences>, { quietly = false } = {}): void {
  const changed = Object.fromEntries(
    Object.entries(change).filter(([name, value]) => current[name as keyof Preferences] !== value),
  ) as Partial<Preferences>
  if (Object.keys(changed).length === 0) return
  Object.assign(current, changed)
  keepRow(KEPT_UNDER, current)
  showOnPage()
  if (!quietly) for (const listener of listeners) listener(changed)
}

/** Calls `listener` after each change made by the person; returns the way to stop. */
export function onPreferencesChanged(listener: (changed: Partial<Preferences>) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The account as far as preferences live in it. */
export interface PreferencesAccount {
  /** Calls back now or later with whoever is signed in (null: nobody), and again on each change of person. */
  follow(listener: (person: { id: string; preferences: Preferences } | null) => void): void
  /** Writes into the account of whoever is signed in. */
  save(change: Partial<Preferences>): Promise<unknown>
}

/**
 * Keeps this device and the account together: whoever signs in brings their preferences along,
 * except for those just chosen here before signing in, which go into the account instead.
 */
export function followAccount(account: PreferencesAccount): void {
  let signedIn: string | null = null
  // A lost answer costs nothing: the device keeps the choice, and the next change is sent again.
  const save = (change: Partial<Preferences>) => void account.save(change).catch(() => undefined)
  account.follow((person) => {
    if (person?.id === signedIn) return
    signedIn = person?.id ?? null
    if (!person) return
    const chosen = readRow<Partial<Preferences>>(CHOSEN_UNDER)
    keepRow(CHOSEN_UNDER, null)
    setPreferences({ ...person.preferences, ...chosen }, { quietly: true })
    if (Object.keys(chosen).length > 0) save(chosen)
  })
  onPreferencesChanged((change) => {
    if (signedIn !== null) save(change)
    else keepRow(CHOSEN_UNDER, { ...readRow<Partial<Preferences>>(CHOSEN_UNDER), ...change })
  })
}

/** Puts the preferences on `<html>`, where tokens.css reads them. Called at start and on change. */
export function showOnPage(): void {
  if (typeof document === 'undefined') return
  const root = document.documentElement
  root.lang = current.language === 'zh' ? 'zh-CN' : 'en'
  if (current.large_font) root.dataset['size'] = 'large'
  else delete root.dataset['size']
  if (current.high_contrast) root.dataset['contrast'] = 'high'
  else delete root.dataset['contrast']
}

function readKept(): Preferences {
  const kept = readRow<Partial<Preferences>>(KEPT_UNDER)
  return {
    language: kept.language === 'en' ? 'en' : STANDARD.language,
    large_font: kept.large_font ?? STANDARD.large_font,
    high_contrast: kept.high_contrast ?? wishesMoreContrast(),
  }
}

function readRow<Row extends object>(name: string): Row {
  try {
    return (JSON.parse(localStorage.getItem(name) ?? '{}') ?? {}) as Row
  } catch {
    return {} as Row // storage closed by the browser, or not ours
  }
}

function keepRow(name: string, row: object | null): void {
  try {
    if (row) localStorage.setItem(name, JSON.stringify(row))
    else localStorage.removeItem(name)
  } catch {
    // Storage is full or closed: the choice holds for this page, and in the account.
  }
}

function wishesMoreContrast(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-contrast: more)').matches
}

if (typeof window !== 'undefined') {
  // Another tab of the same device changed them.
  window.addEventListener('storage', (event) => {
    if (event.key === KEPT_UNDER) setPreferences(readKept(), { quietly: true })
  })
}

showOnPage()
