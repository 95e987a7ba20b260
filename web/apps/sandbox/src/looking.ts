import { onScopeDispose, ref, shallowRef, watch } from 'vue'

const LOOK_EVERY_MS = 3000

/**
 * What an address of the sandbox answers, looked at every few seconds while the page is seen.
 * `stopped` says that the hospital does not answer; what was read last stays.
 */
export function useLook<Answer>(address: () => string) {
  const found = shallowRef<Answer | null>(null)
  const stopped = ref(false)
  let newest = 0

  async function look(): Promise<void> {
    if (document.visibilityState !== 'visible') return
    const mine = ++newest
    try {
      const read = await readJson<Answer>(address())
      if (mine === newest) found.value = read
      stopped.value = false
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
  watch(address, look, { immediate: true })
  return { found, stopped, look }
}

export async function readJson<Answer>(address: string, body?: unknown): Promise<Answer> {
  const asked = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(address, { cache: 'no-store', ...asked })
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
  return (await answer.json()) as Answer
}

/** JSON as people read it; what is no JSON as it is. */
export function readable(text: unknown): string {
  try {
    return JSON.stringify(typeof text === 'string' ? JSON.parse(text) : text, null, 2)
  } catch {
    return String(text)
  }
}
