/** What the line still carries, best first. `text`: not even speech comes through well. */
export type CallLevel = 'full' | 'low_video' | 'audio' | 'text'

export const LEVELS: readonly CallLevel[] = ['full', 'low_video', 'audio', 'text']

/** So long the relay has to advise better before one step up: a line that has just recovered often fails again. */
export const BETTER_FOR_MS = 8_000

export interface Degradation {
  level: CallLevel
  /** Since when the advice has been better than the level; null: it is not. */
  betterSince: number | null
}

export const UNDEGRADED: Degradation = { level: 'full', betterSince: null }

/** Down at once and as far as advised; up by one step at a time. `at`: ms. */
export function follow(now: Degradation, advice: CallLevel, at: number): Degradation {
  const [is, advised] = [LEVELS.indexOf(now.level), LEVELS.indexOf(advice)]
  if (advised < 0) return now // a word of tomorrow's relay
  if (advised > is) return { level: advice, betterSince: null }
  if (advised === is) return now.betterSince === null ? now : { ...now, betterSince: null }
  const since = now.betterSince ?? at
  if (at - since < BETTER_FOR_MS) return { ...now, betterSince: since }
  return { level: LEVELS[is - 1] ?? 'full', betterSince: is - 1 > advised ? at : null }
}

/** What each level lets through: my camera's largest layer (px of height; 0: none) and the microphone's rate. */
export const LIMITS: Record<CallLevel, { cameraHeight: number; othersHeight: number; microphoneBps: number }> = {
  full: { cameraHeight: 1080, othersHeight: 1080, microphoneBps: 128_000 },
  low_video: { cameraHeight: 270, othersHeight: 270, microphoneBps: 32_000 },
  audio: { cameraHeight: 0, othersHeight: 0, microphoneBps: 24_000 },
  text: { cameraHeight: 0, othersHeight: 0, microphoneBps: 12_000 },
}
