import type { Message } from '../types'

/**
 * The part of one conversation that this page holds: a run of messages without a gap, in order.
 *
 * What arrives beyond a gap waits in `early` until the gap is read. Values are never changed in place.
 */
export interface Timeline {
  messages: readonly Message[]
  early: readonly Message[]
  /** True when nothing older exists than `messages[0]`. */
  complete: boolean
}

export const EMPTY: Timeline = { messages: [], early: [], complete: false }

export function lastSeq(timeline: Timeline): number {
  return timeline.messages.at(-1)?.seq ?? 0
}

export function firstSeq(timeline: Timeline): number | null {
  return timeline.messages[0]?.seq ?? null
}

/** True when messages are known to be missing between the run and what came early. */
export function hasGap(timeline: Timeline): boolean {
  return timeline.early.length > 0
}

/** Starts the run with the newest page of history (ascending). */
export function begin(page: readonly Message[], complete: boolean, early: readonly Message[]): Timeline {
  return place({ messages: page, early: [], complete }, early)
}

/** Puts newly arrived messages where they belong; those already held change nothing. */
export function place(timeline: Timeline, arrived: readonly Message[]): Timeline {
  const waiting = new Map<number, Message>()
  for (const message of [...timeline.early, ...arrived]) waiting.set(message.seq, message)
  const run = [...timeline.messages]
  let next = (run.at(-1)?.seq ?? 0) + 1
  for (let message = waiting.get(next); message; message = waiting.get(next)) {
    run.push(message)
    next += 1
  }
  const early = [...waiting.values()].filter((message) => message.seq >= next).sort((a, b) => a.seq - b.seq)
  const unchanged = run.length === timeline.messages.length && early.length === timeline.early.length
  return unchanged ? timeline : { ...timeline, messages: run, early }
}

/** Adds a page of older history (ascending) before the run. */
export function prepend(timeline: Timeline, page: readonly Message[], complete: boolean): Timeline {
  const first = firstSeq(timeline) ?? Infinity
  const older = page.filter((message) => message.seq < first)
  return { ...timeline, messages: [...older, ...timeline.messages], complete }
}
