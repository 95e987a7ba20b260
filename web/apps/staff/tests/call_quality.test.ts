import type { CallBucket, CallLine } from '@yunzhen/client'
import { describe, expect, it } from 'vitest'

import { courseOf, factsOf, runsOf, spread, stepsOf } from '../src/calls/quality'

const bucket = (number: number, told: Partial<CallBucket> = {}): CallBucket => ({
  number,
  counted: 2,
  freezes: 0,
  limited_by: 'none',
  up_loss: null,
  down_loss: null,
  jitter_ms: null,
  round_trip_ms: null,
  concealed: null,
  up_bps: null,
  down_bps: null,
  height: null,
  pictures_per_second: null,
  ...told,
})
const line = (...buckets: CallBucket[]): CallLine => ({ person_id: 'per_1', name: '张三', set_up_ms: 700, seconds: 10, buckets })

describe('the line of a call', () => {
  it('leaves a gap where nothing was measured', () => {
    const buckets = spread(line(bucket(2, { up_loss: 0.5 }), bucket(0, { up_loss: 0.25 }), bucket(3, { up_loss: 0.5 })))
    expect(courseOf(buckets, 'up_loss', 100)).toEqual([25, null, 50, 50])
    expect(runsOf([25, null, 50, 50])).toEqual([[{ at: 0, value: 25 }], [{ at: 2, value: 50 }, { at: 3, value: 50 }]])
    expect(spread(line())).toEqual([])
  })

  it('marks where the picture got smaller and larger, and nothing between neighbours of nearly one size', () => {
    const heights = [720, 700, 270, null, 270, 720]
    expect(stepsOf(heights.map((height, n) => bucket(n, { height })))).toEqual([
      { at: 2, from: 700, to: 270 },
      { at: 5, from: 270, to: 720 },
    ])
    expect(stepsOf([null, bucket(1, { height: 360 }), null])).toEqual([])
  })

  it('says the worst loss of either way, means of what was measured, and how long a picture was held back', () => {
    const facts = factsOf(
      line(
        bucket(0, { up_loss: 0.02, down_loss: 0.4, round_trip_ms: 40, freezes: 1 }),
        bucket(1, { round_trip_ms: 60, limited_by: 'bandwidth', freezes: 2 }),
        bucket(2, { limited_by: 'cpu' }),
        bucket(3, { limited_by: 'other' }),
      ),
    )
    expect(facts).toEqual({ setUpMs: 700, worstLoss: 0.4, roundTripMs: 50, jitterMs: null, concealed: null, freezes: 3, limited: 20 })
    expect(factsOf(line())).toMatchObject({ worstLoss: null, roundTripMs: null, limited: 0 })
  })
})
