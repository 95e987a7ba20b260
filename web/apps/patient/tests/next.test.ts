import type { Conversation, Visit, VisitState } from '@yunzhen/client'
import { describe, expect, it } from 'vitest'

import { whatIsNext } from '../src/pages/home/next'

const now = new Date('2026-11-21T06:30:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString()

function visit(id: string, state: VisitState, endedHoursAgo: number | null = null): Visit {
  return {
    id,
    state,
    conversation_id: `cnv_${id}`,
    answer_by: hoursAgo(endedHoursAgo ?? -1),
    ended_at: endedHoursAgo === null ? null : hoursAgo(endedHoursAgo),
  } as Visit
}

const talk = (id: string, unread: number) => ({ id: `cnv_${id}`, unread }) as Conversation
const next = (visits: Visit[], conversations: Conversation[] = [], seen: string[] = []) =>
  whatIsNext(visits, conversations, { now, seen: (id) => seen.includes(id) })

describe('what happens next', () => {
  it('is a start when there is nothing', () => {
    expect(next([])).toEqual({ kind: 'start' })
  })

  it('is a doctor who wrote, before a doctor who accepted, before waiting', () => {
    const visits = [visit('w', 'applied'), visit('a', 'accepted'), visit('b', 'in_progress')]
    expect(next(visits, [talk('b', 3)])).toMatchObject({ kind: 'unread', visit: { id: 'b' }, unread: 3 })
    expect(next(visits, [talk('b', 0)])).toMatchObject({ kind: 'talk', visit: { id: 'a' } })
    expect(next(visits.slice(0, 1))).toMatchObject({ kind: 'waiting', visit: { id: 'w' } })
  })

  it('is the latest outcome that was not looked at, for three days', () => {
    const visits = [
      visit('old', 'refused', 80),
      visit('r', 'refused', 20),
      visit('f', 'finished', 2),
      visit('e', 'expired', 30),
    ]
    expect(next(visits)).toMatchObject({ kind: 'finished', visit: { id: 'f' } })
    expect(next(visits, [], ['f'])).toMatchObject({ kind: 'refused', visit: { id: 'r' } })
    expect(next(visits, [], ['f', 'r'])).toMatchObject({ kind: 'expired', visit: { id: 'e' } })
    expect(next(visits, [], ['f', 'r', 'e'])).toEqual({ kind: 'start' })
  })

  it('does not let unread words of a finished visit hide what is open', () => {
    expect(next([visit('f', 'finished', 1), visit('w', 'applied')], [talk('f', 5)])).toMatchObject({ kind: 'waiting' })
  })
})
