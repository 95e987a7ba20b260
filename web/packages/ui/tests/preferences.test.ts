import { beforeEach, expect, it, vi } from 'vitest'

import type { Preferences, PreferencesAccount } from '../src/preferences'

const STANDARD: Preferences = { language: 'zh', large_font: false, high_contrast: false }

class MemoryStorage {
  readonly rows = new Map<string, string>()
  getItem = (name: string) => this.rows.get(name) ?? null
  setItem = (name: string, value: string) => void this.rows.set(name, value)
  removeItem = (name: string) => void this.rows.delete(name)
}

let storage: MemoryStorage

/** A page just loaded on this device, with an account to sign in to. */
async function page() {
  vi.resetModules()
  const ui = await import('../src/preferences')
  const saved: Partial<Preferences>[] = []
  let tell: Parameters<PreferencesAccount['follow']>[0] = () => undefined
  ui.followAccount({ follow: (listener) => (tell = listener), save: async (change) => saved.push(change) })
  return {
    ...ui,
    saved,
    signIn: (id: string, preferences = STANDARD) => tell({ id, preferences }),
    signOut: () => tell(null),
  }
}

beforeEach(() => {
  storage = new MemoryStorage()
  vi.stubGlobal('localStorage', storage)
})

it('begins in Chinese, and as this device was left', async () => {
  expect((await page()).preferences).toEqual(STANDARD)
  storage.setItem('yunzhen.preferences', '{"language":"en","large_font":true}')
  expect((await page()).preferences).toEqual({ language: 'en', large_font: true, high_contrast: false })
  storage.setItem('yunzhen.preferences', 'not json')
  expect((await page()).preferences).toEqual(STANDARD)
})

it('takes over the preferences of whoever signs in', async () => {
  const { preferences, signIn, saved } = await page()
  signIn('per_1', { language: 'en', large_font: true, high_contrast: true })
  expect(preferences).toEqual({ language: 'en', large_font: true, high_contrast: true })
  expect(saved).toEqual([])
})

it('brings what was chosen before signing in into the account, also after a reload', async () => {
  ;(await page()).setPreferences({ large_font: true })
  const { preferences, signIn, saved } = await page()
  signIn('per_1', { ...STANDARD, high_contrast: true })
  expect(preferences).toEqual({ language: 'zh', large_font: true, high_contrast: true })
  expect(saved).toEqual([{ large_font: true }])
})

it('does not bring one person’s choice into the next one’s account', async () => {
  const { preferences, setPreferences, signIn, signOut, saved } = await page()
  signIn('per_1')
  setPreferences({ high_contrast: true })
  expect(saved).toEqual([{ high_contrast: true }])
  signOut()
  signIn('per_2')
  expect(preferences).toEqual(STANDARD)
  expect(saved).toHaveLength(1)
})

it('lets a refreshed session leave a fresh choice alone', async () => {
  const { preferences, setPreferences, signIn } = await page()
  signIn('per_1')
  setPreferences({ language: 'en' })
  signIn('per_1') // the account's answer of before the change
  expect(preferences.language).toBe('en')
})

it('works with storage closed', async () => {
  vi.stubGlobal('localStorage', undefined)
  const { preferences, setPreferences } = await page()
  setPreferences({ large_font: true })
  expect(preferences.large_font).toBe(true)
})
