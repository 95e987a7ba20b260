import { dayKey } from '../time/said'

/** A message as lists of it need it; the client's `Message` fits. */
export interface ShownMessage {
  seq: number
  id: string | null
  sender: { person_id: string; name: string } | null
  type: string
  content: { text: string }
  sent_at: string
}

/** A message of mine that is not acknowledged yet; the client's `Outgoing` fits. */
export interface ShownOutgoing {
  id: string
  text: string
  written_at: string
  state: 'waiting' | 'sending' | 'failed'
}

export type ConversationRow<Pending extends ShownOutgoing = ShownOutgoing> =
  | { key: string; kind: 'moment'; at: string }
  | { key: string; kind: 'unread' }
  | { key: string; kind: 'system'; message: ShownMessage }
  | { key: string; kind: 'message'; message: ShownMessage; own: boolean }
  | { key: string; kind: 'outgoing'; outgoing: Pending }

const PAUSE_MS = 10 * 60_000

export interface RowChoice {
  myId: string | null
  /** The last message that was read when the conversation was opened; a line stands after it. */
  readUpTo?: number | null
}

/**
 * The rows of a conversation: messages with a line for each new day or pause of ten minutes,
 * “new messages” where unread ones begin, and at the end what waits to be sent.
 */
export function conversationRows<Pending extends ShownOutgoing>(
  messages: readonly ShownMessage[],
  outgoing: readonly Pending[],
  { myId, readUpTo = null }: RowChoice,
): ConversationRow<Pending>[] {
  const rows: ConversationRow<Pending>[] = []
  let previous: string | null = null
  let unreadShown = false
  for (const message of messages) {
    const own = message.sender !== null && message.sender.person_id === myId
    if (!unreadShown && readUpTo !== null && readUpTo > 0 && message.seq > readUpTo && !own) {
      rows.push({ key: 'unread', kind: 'unread' })
      unreadShown = true
    }
    if (startsMoment(previous, message.sent_at)) {
      rows.push({ key: `at-${message.seq}`, kind: 'moment', at: message.sent_at })
    }
    previous = message.sent_at
    const key = `m-${message.id ?? message.seq}`
    rows.push(
      message.type === 'system' || !message.sender
        ? { key, kind: 'system', message }
        : { key, kind: 'message', message, own },
    )
  }
  for (const one of outgoing) rows.push({ key: `m-${one.id}`, kind: 'outgoing', outgoing: one })
  return rows
}

function startsMoment(previous: string | null, at: string): boolean {
  if (previous === null || dayKey(previous) !== dayKey(at)) return true
  return new Date(at).getTime() - new Date(previous).getTime() > PAUSE_MS
}
