import type { OwnQuality } from './protocol'

/** What a line asks of this side. Rates in bit/s. */
export interface Suited {
  /** How long media is kept back so that what is repaired comes in time; null: as the browser likes. */
  holdMs: number | null
  /** Below it the browser's estimate of the line does not go; 0: it knows best. */
  floorBps: number
  microphoneBps: number
  /** How many of the camera's layers are sent, the smallest first. */
  layers: number
  /** Of a layer that is sent, at most. */
  layerBps: number
  picturesPerSecond: number | null
}

export const WHOLE: Suited = { holdMs: null, floorBps: 0, microphoneBps: 128_000, layers: 3, layerBps: Infinity, picturesPerSecond: null }

/**
 * By what the line loses of what is sent here, before repair: browsers repeat a packet until it came, so at 60 % each
 * goes two and a half times, at 80 % five times. Few packets can be repeated that often, many cannot.
 */
const STEPS: readonly { from: number; sends: Omit<Suited, 'holdMs' | 'floorBps'> }[] = [
  { from: 0.68, sends: { microphoneBps: 16_000, layers: 1, layerBps: 60_000, picturesPerSecond: 10 } },
  { from: 0.48, sends: { microphoneBps: 32_000, layers: 1, layerBps: 150_000, picturesPerSecond: 25 } },
  { from: 0.28, sends: { microphoneBps: 48_000, layers: 2, layerBps: 600_000, picturesPerSecond: null } },
  { from: 0.1, sends: { microphoneBps: 64_000, layers: 3, layerBps: 1_500_000, picturesPerSecond: null } },
]
/** A step is left when the loss is so much below it. */
const BACK = 0.05
/** What is kept back shrinks by no more of itself each time that the relay tells, every two seconds: it may be needed again. */
const SHRINKS = 0.85
const LEAST_HOLD_MS = 60
/** What browsers take at most. */
const MOST_HOLD_MS = 4_000

/** What suits now. `mostHeldMs`: whoever would rather hear gaps than wait longer. */
export function suited(before: Suited, you: OwnQuality, mostHeldMs = MOST_HOLD_MS): Suited {
  const loss = you.up_line_loss ?? 0
  const found = STEPS.find(({ from, sends }) => loss >= from - (sends.layerBps >= before.layerBps ? BACK : 0))
  const held = Math.max(you.hold_ms ?? 0, SHRINKS * (before.holdMs ?? 0))
  const holdMs = held < LEAST_HOLD_MS ? null : Math.min(mostHeldMs, Math.round(held))
  return { ...(found?.sends ?? WHOLE), holdMs, floorBps: you.floor_bps ?? 0 }
}
