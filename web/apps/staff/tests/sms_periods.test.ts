import { describe, expect, it } from 'vitest'

import { periodsOf, totalOf } from '../src/sms/periods'

const counted = (period: string, outcome: string, count: number) => ({
  period, outcome, count, channel: 'sms', sender: 'house', terminal: 'web',
})

describe('the periods of a report of messages', () => {
  it('are all there, those without messages too', () => {
    const found = periodsOf({ periods: ['2026-11-02', '2026-11-09'], counts: [counted('2026-11-09', 'delivered', 2)] })
    expect(found.map(({ period }) => period)).toEqual(['2026-11-02', '2026-11-09'])
    expect(found.map(totalOf)).toEqual([0, 2])
  })

  it('tell apart what arrived, what was late, what is under way and what failed, of all terminals together', () => {
    const counts = [
      counted('2026-11', 'delivered', 5),
      { ...counted('2026-11', 'delivered', 2), terminal: 'system' },
      counted('2026-11', 'delivered_late', 1),
      counted('2026-11', 'queued', 1),
      counted('2026-11', 'overdue', 2),
      counted('2026-11', 'failed', 3),
      counted('2026-11', 'blocked', 4),
    ]
    expect(periodsOf({ periods: ['2026-11'], counts })).toEqual([
      { period: '2026-11', delivered: 7, late: 1, waiting: 3, failed: 7 },
    ])
  })
})
