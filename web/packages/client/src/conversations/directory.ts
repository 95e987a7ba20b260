import type { Conversation, Message } from '../types'

/** Pure changes of the list of conversations. Values are never changed in place. */

export type Listing = ReadonlyMap<string, Conversation>

/** Latest activity first. */
export function inOrder(listing: Listing): Conversation[] {
  return [...listing.values()].sort((a, b) => activity(b).localeCompare(activity(a)))
}

export function totalUnread(listing: Listing): number {
  let sum = 0
  for (const conversation of listing.values()) sum += conversation.unread
  return sum
}

export function aboutSubject(listing: Listing, subject: string): Conversation | undefined {
  return [...listing.values()].find((conversation) => conversation.about.id === subject)
}

export function withConversation(listing: Listing, conversation: Conversation): Listing {
  return new Map(listing).set(conversation.id, conversation)
}

/** The list after `message` arrived; the same list when it is not news. */
export function withMessage(listing: Listing, message: Message, myId: string): Listing {
  const known = listing.get(message.conversation_id)
  if (!known || message.seq <= known.last_seq) return listing
  const mine = message.sender?.person_id === myId
  const unread = mine ? known.unread : known.unread + 1
  return withConversation(listing, { ...known, last_seq: message.seq, last_message: message, unread })
}

/** The list after I have read up to `seq`. `unread`: the server's count where it told one. */
export function withRead(listing: Listing, id: string, seq: number, unread?: number): Listing {
  const known = listing.get(id)
  if (!known || (seq <= known.read_seq && unread === undefined)) return listing
  const left = unread ?? Math.max(0, Math.min(known.unread, known.last_seq - seq))
  return withConversation(listing, { ...known, read_seq: Math.max(seq, known.read_seq), unread: left })
}

function activity(conversation: Conversation): string {
  return conversation.last_message?.sent_at ?? conversation.opened_at
}
