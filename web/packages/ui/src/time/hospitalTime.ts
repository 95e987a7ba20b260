import { shallowRef } from 'vue'

/** Less than this is the way of the answer and the whole seconds of its header, not a clock that differs. */
const NOISE_MS = 5_000

/** Milliseconds by which the hospital's clock is ahead of this device's. */
const ahead = shallowRef(0)

/**
 * The moment that an answer of the hospital names in its `Date`. A phone whose clock is wrong then counts down
 * rightly, and the local hospital's clock can be moved.
 */
export function takeHospitalTime(moment: number, here: number = Date.now()): void {
  const difference = moment - here
  if (!Number.isFinite(difference) || Math.abs(difference - ahead.value) < NOISE_MS) return
  ahead.value = Math.abs(difference) < NOISE_MS ? 0 : difference
}

/** The same, for those who watch it: milliseconds. */
export function hospitalIsAhead(): number {
  return ahead.value
}

/** The present moment at the hospital, as far as this device knows it; follows it within computations. */
export function hospitalNow(): Date {
  return new Date(Date.now() + ahead.value)
}
