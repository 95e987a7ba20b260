import { hospitalNow, takeHospitalTime } from '@yunzhen/ui'
import { onScopeDispose, shallowRef } from 'vue'

export interface ClockState {
  now: string
  offset_seconds: number
  stands: boolean
}

export interface ClockMove {
  to?: string
  by_seconds?: number
  stands?: boolean
}

/** Why the clock was not moved. */
export interface ClockRefusal {
  code: string
  reason: string
}

const LOOK_EVERY_MS = 5000

/** The hospital's clock, looked at every few seconds; `move` answers why it could not be moved, or null. */
export function useClock() {
  const state = shallowRef<ClockState | null>(null)
  const shown = shallowRef(hospitalNow())

  function take(read: ClockState): void {
    state.value = read
    takeHospitalTime(Date.parse(read.now))
    tick()
  }

  function tick(): void {
    shown.value = state.value?.stands ? new Date(state.value.now) : hospitalNow()
  }

  async function look(): Promise<void> {
    if (document.visibilityState !== 'visible') return
    const answer = await fetch('/sandbox/api/clock', { cache: 'no-store' }).catch(() => null)
    if (answer?.ok) take((await answer.json()) as ClockState)
  }

  async function move(wanted: ClockMove): Promise<ClockRefusal | null> {
    const answer = await fetch('/sandbox/api/clock', { method: 'POST', body: JSON.stringify(wanted) }).catch(() => null)
    if (!answer) return { code: 'unreachable', reason: '' }
    if (answer.ok) {
      take((await answer.json()) as ClockState)
      return null
    }
    const told = (await answer.json()) as { code: string; facts: { reason?: string } }
    return { code: told.code, reason: told.facts.reason ?? '' }
  }

  const timers = [setInterval(() => void look(), LOOK_EVERY_MS), setInterval(tick, 1000)]
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    timers.forEach(clearInterval)
    document.removeEventListener('visibilitychange', look)
  })
  void look()
  return { state, shown, move }
}

/** `2026-12-01T08:00` as a `datetime-local` field wants it, on the hospital's wall. */
export function fieldOf(moment: Date): string {
  return new Date(moment.getTime() + 8 * 3_600_000).toISOString().slice(0, 16)
}
