import type { Message } from '../types'

/**
 * The part of one conversation that this page holds: a run of messages without a gap, in order.
 *
 * What arrives beyond a gap waits in `early` until the gap is read. What was recalled stays as an
 * empty place: its content is gone from this page's memory. Values are never changed in place.
 */
export interface Timeline {
  messages: readonly Message[]
  early: readonly Message[]
  /** True when nothing older exists than `messages[0]`. */
  complete: boolean
  /** Numbers that a recall named, also of messages that are not held. */
  recalled: ReadonlySet<number>
}

export const EMPTY: Timeline = { messages: [], early: [], complete: false, recalled: new Set() }

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
export function begin(page: readonly Message[], complete: boolean, held: Timeline): Timeline {
  const early = [...held.early, ...held.messages]
  const recalled = withRecalls(held.recalled, page)
  return place({ messages: sealed(page, recalled), early: [], complete, recalled }, early)
}

/**
 * Puts newly arrived messages where they belong. One that is held already changes nothing, unless the hospital knows
 * more of it than the page that sent it did (what became of a picture).
 */
export function place(held: Timeline, arrived: readonly Message[]): Timeline {
  const timeline = corrected(held, arrived)
  const recalled = withRecalls(timeline.recalled, arrived)
  const last = lastSeq(timeline)
  const waiting = new Map<number, Message>()
  for (const message of [...timeline.early, ...arrived]) if (message.seq > last) waiting.set(message.seq, message)
  if (waiting.size === 0 && recalled === timeline.recalled) return timeline
  const more: Message[] = []
  for (let next = waiting.get(last + 1); next; next = waiting.get(next.seq + 1)) more.push(next)
  const early = [...waiting.values()].filter(({ seq }) => seq > last + more.length).sort((a, b) => a.seq - b.seq)
  if (more.length === 0 && early.length === timeline.early.length && recalled === timeline.recalled) return timeline
  const run = recalled === timeline.recalled ? timeline.messages : sealed(timeline.messages, recalled)
  const messages = more.length === 0 ? run : [...run, ...sealed(more, recalled)]
  return { ...timeline, messages, early: sealed(early, recalled), recalled }
}

/** Adds a page of older history (ascending) before the run. */
export function prepend(timeline: Timeline, page: readonly Message[], complete: boolean): Timeline {
  const first = firstSeq(timeline) ?? Infinity
  const older = page.filter((message) => message.seq < first)
  const recalled = withRecalls(timeline.recalled, older)
  return { ...timeline, messages: [...sealed(older, recalled), ...timeline.messages], complete, recalled }
}

/** The message as readers may have it once it was recalled. */
export function asRecalled(message: Message): Message {
  return message.type === 'recalled' ? message : { ...message, type: 'recalled', content: {} }
}

function corrected(timeline: Timeline, arrived: readonly Message[]): Timeline {
  const first = firstSeq(timeline) ?? Infinity
  const better = arrived.filter((message) => {
    const held = timeline.messages[message.seq - first]
    return held?.seq === message.seq && held.type === message.type && !sameContent(held, message)
  })
  if (better.length === 0) return timeline
  const messages = [...timeline.messages]
  for (const message of better) messages[message.seq - first] = message
  return { ...timeline, messages: sealed(messages, timeline.recalled) }
}

function sameContent(one: Message, other: Message): boolean {
  return JSON.stringify(one.content) === JSON.stringify(other.content)
}

function withRecalls(known: ReadonlySet<number>, messages: readonly Message[]): ReadonlySet<number> {
  const fresh = messages.flatMap((message) => (message.type === 'recall' ? [message.content.seq] : []))
  const news = fresh.filter((seq) => !known.has(seq))
  return news.length === 0 ? known : new Set([...known, ...news])
}

/** The same array where nothing changes. */
function sealed(messages: readonly Message[], recalled: ReadonlySet<number>): readonly Message[] {
  const touched = messages.some(({ seq, type }) => recalled.has(seq) && type !== 'recalled')
  return touched ? messages.map((one) => (recalled.has(one.seq) ? asRecalled(one) : one)) : messages
}
