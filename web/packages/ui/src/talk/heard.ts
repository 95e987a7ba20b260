import { shallowRef } from 'vue'

/** Voice messages that were listened to on this device; a dot stands beside the others. */
const KEPT_UNDER = 'yunzhen.heard'
const MOST_KEPT = 500

const heard = shallowRef<ReadonlySet<string>>(new Set(kept()))

export function wasHeard(key: string): boolean {
  return heard.value.has(key)
}

export function noteHeard(key: string): void {
  if (heard.value.has(key)) return
  const all = [...heard.value, key].slice(-MOST_KEPT)
  heard.value = new Set(all)
  try {
    localStorage.setItem(KEPT_UNDER, JSON.stringify(all))
  } catch {
    // Storage is closed: known until the page is left.
  }
}

/** I signed out: nothing of mine stays on this device. */
export function forgetHeard(): void {
  heard.value = new Set()
  try {
    localStorage.removeItem(KEPT_UNDER)
  } catch {
    // Storage is closed: nothing was kept.
  }
}

function kept(): string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '[]')
    return Array.isArray(read) ? read.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}
