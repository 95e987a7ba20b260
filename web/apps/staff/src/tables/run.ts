import { asApiError, type ApiError } from '@yunzhen/client'
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'

const LOOK_AGAIN = 1500

/** What a page knows of its runs. `ended` hears of each that was followed to its end. */
export interface Runs<Run extends { id: string }> {
  begin: () => Promise<Run>
  one: (id: string) => Promise<Run>
  newest: () => Promise<Run | undefined>
  isUnderWay: (run: Run) => boolean
  reload: () => Promise<unknown>
  ended: (run: Run) => void
}

/** Long work that is begun on a page and followed to its end; who comes back sees the one that is still under way. */
export function useRun<Run extends { id: string }>(runs: Runs<Run>) {
  const running = shallowRef<Run | null>(null)
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  let again: ReturnType<typeof setTimeout> | undefined
  let left = false

  async function begin(): Promise<void> {
    busy.value = true
    error.value = null
    try {
      follow(await runs.begin())
      await runs.reload()
    } catch (reason) {
      error.value = asApiError(reason)
    } finally {
      busy.value = false
    }
  }

  function follow(run: Run): void {
    if (left) return
    running.value = run
    clearTimeout(again)
    again = setTimeout(() => void look(run.id), LOOK_AGAIN)
  }

  async function look(id: string): Promise<void> {
    try {
      const now = await runs.one(id)
      if (runs.isUnderWay(now)) return follow(now)
      running.value = null
      await runs.reload()
      runs.ended(now)
    } catch (reason) {
      running.value = null
      error.value = asApiError(reason)
    }
  }

  onMounted(async () => {
    const newest = await runs.newest().catch(() => undefined)
    if (newest && runs.isUnderWay(newest)) follow(newest)
  })
  onBeforeUnmount(() => {
    left = true
    clearTimeout(again)
  })
  return { running, busy, error, begin }
}
