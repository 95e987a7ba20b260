import type { Content } from '../talk/content'
import { dayKey } from '../time/said'

/** A message as lists of it need it; the client's `Message` fits. */
export interface ShownMessage {
  seq: number
  id: string | null
  sender: { person_id: string; name: string } | null
  type: string
  content: Content
  sent_at: string
}

/** A message of mine that is not acknowledged yet; the client's `Outgoing` fits. */
export interface ShownOutgoing {
  id: string
  type: string
  content: Content
  written_at: string
  state: 'waiting' | 'uploading' | 'checking' | 'sending' | 'failed'
  /** 0…1 while it is uploaded. */
  progress?: number | null
  /** Where its bytes are on this device. */
  preview?: string | null
}

export type ConversationRow<Pending extends ShownOutgoing = ShownOutgoing, Stored extends ShownMessage = ShownMessage> =
  | { key: string; kind: 'moment'; at: string }
  | { key: string; kind: 'unread' }
  | { key: string; kind: 'system'; message: Stored }
  | { key: string; kind: 'message'; message: Stored; own: boolean }
  | { key: string; kind: 'recalled'; message: Stored; own: boolean }
  | { key: string; kind: 'outgoing'; outgoing: Pending }

const PAUSE_MS = 10 * 60_000

export interface RowChoice {
  myId: string | null
  /** The last message that was read when the conversation was opened; a line stands after it. */
  readUpTo?: number | null
}

/**
 * The rows of a conversation: messages with a line for each new day or pause of ten minutes,
 * “new messages” where unread ones begin, and at the end what waits to be sent. A recall has no row
 * of its own: what was taken back is a line in its own place, also before the hospital says so.
 */
export function conversationRows<Pending extends ShownOutgoing, Stored extends ShownMessage = ShownMessage>(
  messages: readonly Stored[],
  outgoing: readonly Pending[],
  { myId, readUpTo = null }: RowChoice,
): ConversationRow<Pending, Stored>[] {
  const rows: ConversationRow<Pending, Stored>[] = []
  const takenBack = recalledSeqs(messages)
  let previous: string | null = null
  let unreadShown = false
  for (const message of messages) {
    if (message.type === 'recall') continue
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
    if (message.type === 'system' || !message.sender) rows.push({ key, kind: 'system', message })
    else {
      const gone = message.type === 'recalled' || takenBack.has(message.seq)
      rows.push(gone ? { key, kind: 'recalled', message, own } : { key, kind: 'message', message, own })
    }
  }
  for (const one of outgoing) rows.push({ key: `m-${one.id}`, kind: 'outgoing', outgoing: one })
  return rows
}

function recalledSeqs(messages: readonly ShownMessage[]): ReadonlySet<unknown> {
  return new Set(messages.flatMap(({ type, content }) => (type === 'recall' && 'seq' in content ? [content.seq] : [])))
}

function startsMoment(previous: string | null, at: string): boolean {
  if (previous === null || dayKey(previous) !== dayKey(at)) return true
  return new Date(at).getTime() - new Date(previous).getTime() > PAUSE_MS
}
