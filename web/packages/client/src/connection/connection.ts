import type { Call } from '../calling_routes'
import type { OutboxWord } from '../conversations/outbox'
import type { Emitter, Readable } from '../store'
import type { Ack, ClientFrame, Held, Message, Notice, ReadMark, Refusal } from '../types'
import type { Transport } from './line'

/** `off`: not wanted. `connecting`: first try or a fresh one. `waiting`: between tries. */
export type ConnectionPhase = 'off' | 'connecting' | 'online' | 'waiting'

export interface ConnectionEvents {
  /**
   * After each welcome. `gap`: for a while nothing could be heard, so lists are to be read again.
   * `behind`: conversations whose end is further than what this page said it holds.
   */
  online: { first: boolean; gap: boolean; behind: Held }
  /** Heartbeat: who is behind, and the conversation that I joined last (null: not told). */
  told: { behind: Held; newest: string | null }
  message: Message
  ack: Ack
  read: ReadMark
  delivered: ReadMark
  typing: { conversation_id: string; person_id: string }
  present: { conversation_id: string; person_ids: string[] }
  notice: Notice
  /** A call of mine began, or something about it changed. */
  call: { call: Call }
  refused: Refusal
  /** Another tab of the same person told this one. */
  said: OutboxWord
}

/** What every tab hears of the line that one of them holds. */
export const LINE_EVENTS: readonly Exclude<keyof ConnectionEvents, 'said'>[] = [
  'online',
  'told',
  'message',
  'ack',
  'read',
  'delivered',
  'typing',
  'present',
  'notice',
  'call',
  'refused',
]

/**
 * The page's way to the hospital: one line for everything (messages, marks, notices of all areas).
 *
 * Business code says what it wants and hears what happened; which transport, which entry point and which tab
 * holds it, heartbeat, renewal and resumption are beneath.
 */
export interface Connection {
  readonly events: Emitter<ConnectionEvents>
  readonly phase: Readable<ConnectionPhase>
  readonly transport: Readable<Transport | null>
  /** True in the one tab that holds the line: it alone sends what waits in the outbox. */
  readonly leading: Readable<boolean>
  /** `personId`: whose line it is; tabs of one person share one. */
  start(personId: string): void
  stop(): void
  /** The network is believed to be back (or the page to be looked at again): do not wait out the pause. */
  wake(): void
  /** Gives up a line that is open in name only. */
  drop(): void
  /** False when no line is open. */
  send(frame: ClientFrame): boolean
  /** Where `have` comes from: called before each hello and ping, for at most 50 conversations. */
  holding(have: () => Held): void
  /** To the other tabs of the same person, where there are any. */
  tell(word: OutboxWord): void
}
