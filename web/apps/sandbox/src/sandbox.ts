import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Ref, ShallowRef } from 'vue'

export interface Sms {
  id: number | string
  phone: string
  text: string
  sent_at: string
}

/** A notification that left the house. */
export interface Notice {
  id: string
  person_id: string
  channel: 'push' | 'sms'
  title: string
  words: string
  opens: string
  sent_at: string
}

export interface DemoAccounts {
  patients: { phone: string; name: string }[]
  staff: { account: string; password: string; name: string; role: StaffRole; organisation: string | null; more?: string }[]
}

export type StaffRole = 'doctor' | 'nurse' | 'pharmacist' | 'org_admin' | 'auditor' | 'operator' | 'partner' | 'clerk'

const LOOK_EVERY_MS = 3000

/** The code in a text message: its first group of four to eight digits. */
export function codeIn(text: string): string | null {
  return /(?<!\d)\d{4,8}(?!\d)/.exec(text)?.[0] ?? null
}

/** A code for the second step of this account that works now. */
export async function secondFactor(account: string): Promise<string> {
  const answer = await fetch('/sandbox/api/second-factors', { method: 'POST', body: JSON.stringify({ account }) })
  return answer.ok ? ((await answer.json()) as { code: string }).code : '–'
}

/** The SMS inbox, looked at every few seconds while the page is seen. */
export function useInbox(phone: Ref<string>, arrived: (sms: Sms) => void) {
  return useLooked<Sms>('/sandbox/api/sms', () => (phone.value ? `?phone=${encodeURIComponent(phone.value)}` : ''), arrived)
}

/** The notifications that left the house, likewise. */
export function useNotices(person: Ref<string>, arrived: (notice: Notice) => void) {
  return useLooked<Notice>('/sandbox/api/notifications', () => (person.value ? `?person=${encodeURIComponent(person.value)}` : ''), arrived)
}

function useLooked<Item extends { id: number | string }>(
  address: string,
  asked: () => string,
  arrived: (item: Item) => void,
) {
  const items = shallowRef<Item[] | null>(null)
  const stopped = ref(false)

  async function look(): Promise<void> {
    if (document.visibilityState !== 'visible') return
    try {
      const read = (await readJson(`${address}${asked()}`)) as { items: Item[] }
      const known = new Set(items.value?.map((one) => one.id))
      const fresh = items.value ? read.items.filter((one) => !known.has(one.id)) : []
      if (!items.value || fresh.length > 0 || read.items.length !== items.value.length) items.value = read.items
      stopped.value = false
      for (const one of fresh.slice(0, 1)) arrived(one)
    } catch {
      stopped.value = true
    }
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  })
  void look()
  return {
    items,
    stopped,
    look: () => {
      items.value = null
      return look()
    },
  }
}

export function useAccounts(): ShallowRef<DemoAccounts | null> {
  const accounts = shallowRef<DemoAccounts | null>(null)
  const read = async () => {
    try {
      accounts.value = (await readJson('/sandbox/api/accounts')) as DemoAccounts
    } catch {
      setTimeout(() => void read(), LOOK_EVERY_MS)
    }
  }
  void read()
  return accounts
}

async function readJson(address: string): Promise<unknown> {
  const answer = await fetch(address, { cache: 'no-store' })
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
  return answer.json()
}
