import type { Conversation, Message } from '../types'
import { asRecalled } from './timeline'

/**
 * Pure changes of the list of conversations: a snapshot, moved on by numbered messages. Values are never changed in
 * place, and what did not change stays the same object, so that a page redraws one row of three hundred.
 */
export interface Listing {
  byId: ReadonlyMap<string, Conversation>
  /** Latest activity first. */
  items: readonly Conversation[]
}

export const NOBODY: Listing = { byId: new Map(), items: [] }

export interface Unread {
  /** In conversations that make themselves heard. */
  unread: number
  muted_unread: number
}

export function unreadOf(listing: Listing): Unread {
  let [unread, muted_unread] = [0, 0]
  for (const conversation of listing.items) {
    if (conversation.muted) muted_unread += conversation.unread
    else unread += conversation.unread
  }
  return { unread, muted_unread }
}

export function aboutSubject(listing: Listing, subject: string): Conversation | undefined {
  return listing.items.find((conversation) => conversation.about?.id === subject)
}

export function withConversation(listing: Listing, conversation: Conversation): Listing {
  const known = listing.byId.get(conversation.id)
  if (known && same(known, conversation)) return listing
  const byId = new Map(listing.byId).set(conversation.id, conversation)
  const others = known ? listing.items.filter((one) => one !== known) : listing.items
  const at = placeOf(others, activity(conversation))
  return { byId, items: [...others.slice(0, at), conversation, ...others.slice(at)] }
}

/** Many at once, sorted once. */
export function withAll(listing: Listing, conversations: readonly Conversation[]): Listing {
  const byId = new Map(listing.byId)
  for (const one of conversations) {
    const known = byId.get(one.id)
    if (!known || !same(known, one)) byId.set(one.id, one)
  }
  return { byId, items: [...byId.values()].sort((a, b) => compare(activity(b), activity(a))) }
}

/** The list after `message` arrived; the same list when it is not news. */
export function withMessage(listing: Listing, message: Message, myId: string): Listing {
  const known = listing.byId.get(message.conversation_id)
  if (!known) return listing
  const recalls = message.type === 'recall' && known.last_message?.seq === message.content.seq
  const last_message = recalls && known.last_message ? asRecalled(known.last_message) : known.last_message
  if (message.seq <= known.last_seq) return recalls ? withConversation(listing, { ...known, last_message }) : listing
  const moved = { ...known, last_seq: message.seq, last_message: message }
  const mine = message.sender?.person_id === myId
  // Whoever writes has read what stands above.
  const read = mine ? { unread: 0, read_seq: message.seq } : { unread: known.unread + message.seq - known.last_seq }
  return withConversation(listing, { ...moved, ...read })
}

/** The list after I have read up to `seq`. `unread`: the server's count where it told one. */
export function withRead(listing: Listing, id: string, seq: number, unread?: number): Listing {
  const known = listing.byId.get(id)
  if (!known || (seq <= known.read_seq && unread === undefined)) return listing
  const left = unread ?? Math.max(0, Math.min(known.unread, known.last_seq - seq))
  return withConversation(listing, { ...known, read_seq: Math.max(seq, known.read_seq), unread: left })
}

export function withMuted(listing: Listing, id: string, muted: boolean): Listing {
  const known = listing.byId.get(id)
  return known ? withConversation(listing, { ...known, muted }) : listing
}

/** A description read while messages kept arriving must not take the list back in time. */
export function newer(held: Conversation | undefined, read: Conversation): Conversation {
  if (!held || read.last_seq >= held.last_seq) {
    return held && held.read_seq > read.read_seq ? { ...read, read_seq: held.read_seq, unread: held.unread } : read
  }
  return { ...read, last_seq: held.last_seq, last_message: held.last_message, unread: held.unread }
}

function activity(conversation: Conversation): string {
  return conversation.last_message?.sent_at ?? conversation.opened_at
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Where it stands among those sorted, latest first. */
function placeOf(items: readonly Conversation[], at: string): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(activity(items[middle] as Conversation), at) > 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Read again, and nothing new in it: the row on the page stays as it is. */
function same(held: Conversation, read: Conversation): boolean {
  return held === read || JSON.stringify(held) === JSON.stringify(read)
}
