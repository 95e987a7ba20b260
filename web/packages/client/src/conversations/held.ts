import type { Conversation, Held } from '../types'
import type { Thread } from './thread'

/** As many as a hello or ping may name. */
const MOST_NAMED = 50

/**
 * What this page holds without a gap: the open pages always, of the listed conversations another part at each beat,
 * so that three hundred are all compared within a few heartbeats.
 */
export function heldNow(threads: Iterable<Thread>, listed: readonly Conversation[], beat: number): Held {
  const held: Held = {}
  let named = 0
  for (const { id, isOpen, heldSeq } of threads) {
    if (!isOpen || heldSeq === null || named === MOST_NAMED) continue
    held[id] = heldSeq
    named += 1
  }
  const others = listed.filter(({ id, state }) => state === 'open' && !(id in held))
  const room = Math.min(MOST_NAMED - named, others.length)
  for (let n = 0; n < room; n += 1) {
    const one = others[(beat * room + n) % others.length]
    if (one) held[one.id] = one.last_seq
  }
  return held
}
