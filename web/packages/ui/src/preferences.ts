import { reactive, readonly } from 'vue'

import type { Language } from './words/language'

/** How a person wants the pages to look and speak; the same names as in the account. */
export interface Preferences {
  language: Language
  large_font: boolean
  high_contrast: boolean
}

const KEPT_UNDER = 'yunzhen.preferences'
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
  keep()
  showOnPage()
  if (!quietly) for (const listener of listeners) listener(changed)
}

/** Calls `listener` after each change made by the person; returns the way to stop. */
export function onPreferencesChanged(listener: (changed: Partial<Preferences>) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
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
  const wished = { ...STANDARD, high_contrast: wishesMoreContrast() }
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '{}') as Partial<Preferences>
    return {
      language: kept.language === 'en' ? 'en' : 'zh',
      large_font: kept.large_font ?? wished.large_font,
      high_contrast: kept.high_contrast ?? wished.high_contrast,
    }
  } catch {
    return wished // storage closed by the browser, or not ours
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEPT_UNDER, JSON.stringify(current))
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
