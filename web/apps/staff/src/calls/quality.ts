import type { CallBucket, CallLine } from '@yunzhen/client'

/** One value a bucket; null: nothing was measured then. */
export type Course = readonly (number | null)[]

/** What one chart draws, each under the name of its words. */
export interface Curve {
  name: 'upLoss' | 'downLoss' | 'concealed' | 'roundTrip' | 'jitter' | 'upRate' | 'downRate'
  values: Course
}

/** A step of the picture that came, down or up again, at that bucket: rows of dots before and after. */
export interface Step {
  at: number
  from: number
  to: number
}

export interface LineFacts {
  setUpMs: number | null
  worstLoss: number | null
  roundTripMs: number | null
  jitterMs: number | null
  concealed: number | null
  freezes: number
  /** Seconds in which the line, or the device, kept a picture smaller than it could be. */
  limited: number
}

/** Less than this between two buckets is no step: a mean over a change lies between both sizes. */
const STEP = 0.2

/** The buckets of a line in order, with nothing where none is: so a gap is seen as one. */
export function spread({ buckets }: CallLine): (CallBucket | null)[] {
  const known = new Map(buckets.map((one) => [one.number, one]))
  const last = Math.max(-1, ...known.keys())
  return Array.from({ length: last + 1 }, (_, n) => known.get(n) ?? null)
}

export function courseOf(buckets: readonly (CallBucket | null)[], name: keyof CallBucket, times = 1): Course {
  return buckets.map((one) => {
    const value = one?.[name]
    return typeof value === 'number' ? value * times : null
  })
}

/** Where the picture became smaller or larger. */
export function stepsOf(buckets: readonly (CallBucket | null)[]): Step[] {
  const steps: Step[] = []
  let before: number | null = null
  buckets.forEach((one, at) => {
    const height = one?.height
    if (typeof height !== 'number') return
    if (before !== null && Math.abs(height - before) > STEP * Math.max(height, before)) {
      steps.push({ at, from: Math.round(before), to: Math.round(height) })
    }
    before = height
  })
  return steps
}

export function factsOf(line: CallLine): LineFacts {
  const { buckets } = line
  const losses = buckets.flatMap(({ up_loss, down_loss }) => [up_loss, down_loss]).filter(known)
  return {
    setUpMs: line.set_up_ms,
    worstLoss: losses.length ? Math.max(...losses) : null,
    roundTripMs: mean(buckets.map(({ round_trip_ms }) => round_trip_ms)),
    jitterMs: mean(buckets.map(({ jitter_ms }) => jitter_ms)),
    concealed: mean(buckets.map(({ concealed }) => concealed)),
    freezes: buckets.reduce((sum, { freezes }) => sum + (freezes ?? 0), 0),
    limited: buckets.filter(isLimited).length * line.seconds,
  }
}

export function isLimited(bucket: CallBucket | null): boolean {
  return bucket?.limited_by === 'bandwidth' || bucket?.limited_by === 'cpu'
}

/** Runs of neighbouring values: where nothing was measured a curve is broken, and a lone value is a dot. */
export function runsOf(values: Course): { at: number; value: number }[][] {
  const runs: { at: number; value: number }[][] = []
  values.forEach((value, at) => {
    if (value === null) return
    const last = runs.at(-1)
    if (last?.at(-1)?.at === at - 1) last.push({ at, value })
    else runs.push([{ at, value }])
  })
  return runs
}

const known = (value: number | null | undefined): value is number => typeof value === 'number'

function mean(values: readonly (number | null | undefined)[]): number | null {
  const there = values.filter(known)
  return there.length ? there.reduce((sum, one) => sum + one, 0) / there.length : null
}
