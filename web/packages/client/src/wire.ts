/**
 * Messages, conversations and the frames that carry them, version 1 of the wire.
 *
 * What the OpenAPI document leaves open is said exactly here: which content belongs to which type
 * of message, and what travels on a line (a socket, or long polling of the same frames).
 */
import type { components } from './api'
import type { Call } from './calling_routes'

type Schemas = components['schemas']

/** Who writes. A member also has a number from which on they are in. */
export type Member = Schemas['Author']
export type PlacedMember = Schemas['Member']
export type SocketTicket = Schemas['TicketView']

/** What readers get, by type of message. Sizes in bytes, pictures in pixels. */
export interface Contents {
  text: { text: string }
  image: {
    upload_id: string
    name?: string
    size?: number
    width?: number
    height?: number
    thumbnail?: { width: number; height: number }
  }
  voice: { upload_id: string; milliseconds?: number; size?: number }
  video: {
    upload_id: string
    milliseconds?: number
    width?: number
    height?: number
    size?: number
    has_cover?: boolean
  }
  file: { upload_id: string; name?: string; size?: number; media_type?: string }
  /** A live reference: what it shows is read with the opener's own rights (`api.messaging.card`). */
  card: { card: CardReference }
  system: SystemContent
  /** The message `seq` of the same conversation was recalled. Nothing is drawn for it. */
  recall: { seq: number }
  recalled: Record<string, never>
}

export interface CardReference {
  type: string
  id: string
}

/** What the hospital says. `said` has words of its own, in `text`. */
export interface SystemContent {
  event?: 'opened' | 'closed' | 'joined' | 'left' | 'renamed' | 'notice' | 'said' | 'call'
  text?: string
  [fact: string]: unknown
}

/** A hospital's own type, registered at the server: `x-measurement`. */
export type CustomType = `x-${string}`
export type AttachmentType = 'image' | 'voice' | 'video' | 'file'
export type MessageType = keyof Contents | CustomType

/** `seq`: place in the conversation, 1, 2, 3 … without gaps. `id`: chosen by the sender's device. `sender` null: the house. */
type Stored = Omit<Schemas['MessageView'], 'type' | 'content'>

type StoredAs = { [Type in keyof Contents]: Stored & { type: Type; content: Contents[Type] } }
export type CustomMessage = Stored & { type: CustomType; content: Record<string, unknown> }

/** Narrow it by `type`. A type that this page does not know comes as it is: say that something of that name came. */
export type Message = StoredAs[keyof Contents] | CustomMessage

/** The words of a text, or of what the hospital says in words of its own; '' for everything else. */
export function textOf(message: { type: string; content: object }): string {
  if (message.type !== 'text' && message.type !== 'system') return ''
  const { text } = message.content as { text?: unknown }
  return typeof text === 'string' ? text : ''
}

/** How far one member has got: on a device (`delivered_seq`), seen (`read_seq`). Snapshots; the newest wins. */
export type Marks = Schemas['MarkView']
export type PinnedNotice = Schemas['PinnedNotice']

/** `marks`: by person; my own in lists, everybody's where one conversation is asked for. */
export interface Conversation extends Omit<Schemas['ConversationView'], 'last_message'> {
  last_message: Message | null
}

/** Ascending. `complete`: nothing older (asked by `before`, or no bound) or newer (`after`) is left. */
export interface MessagePage {
  items: Message[]
  complete: boolean
  last_seq: number
}

/** "Something happened to this subject": a hint to read it again, never its content. */
export interface Notice {
  topic: string
  subject: string
  sequence: number
}

export interface ReadMark {
  conversation_id: string
  person_id: string
  seq: number
}

/** Conversation -> the last message held without a gap. */
export type Held = Record<string, number>

export interface Ack {
  id: string
  conversation_id: string
  seq: number
  sent_at: string
}

export interface Refusal {
  id: string | null
  code: string
  facts: Record<string, unknown>
  request_id: string | null
}

export type ServerFrame =
  | { type: 'welcome'; v: number; heartbeat_seconds: number; renew_at: string | number; behind?: Held }
  | ({ type: 'ack' } & Ack)
  | { type: 'message'; message: Message }
  | ({ type: 'read' } & ReadMark)
  | ({ type: 'delivered' } & ReadMark)
  | { type: 'typing'; conversation_id: string; person_id: string }
  | { type: 'present'; conversation_id: string; person_ids: string[] }
  | ({ type: 'notice' } & Notice)
  | { type: 'call'; call: Call }
  | { type: 'pong'; behind?: Held; newest?: string | null }
  | ({ type: 'error' } & Refusal)

export type ClientFrame =
  | { action: 'hello'; v: 1; device: string; have?: Held }
  | { action: 'ping'; have?: Held }
  | { action: 'send'; id: string; conversation_id: string; type: string; content: object }
  | { action: 'read'; conversation_id: string; seq: number }
  | { action: 'delivered'; conversation_id: string; seq: number }
  | { action: 'recall'; id: string; conversation_id: string; seq: number }
  | { action: 'typing'; conversation_id: string }
  | { action: 'present'; conversation_id: string }

export type WelcomeFrame = Extract<ServerFrame, { type: 'welcome' }>
export type PongFrame = Extract<ServerFrame, { type: 'pong' }>
export type ErrorFrame = Extract<ServerFrame, { type: 'error' }>

/** Where a line may be opened, best first. */
export type EntryPoint = Schemas['EntryPoint']

/** Hello and welcome of a line that polls. */
export interface PollHello {
  v: 1
  device: string
  have: Held
}

export type PollOpened = Schemas['PollView']

export interface PollAnswer {
  frames: { n: number; frame: ServerFrame }[]
  behind?: Held
}

/** `sent`: its message is stored. `forgotten`: nobody finished it in time. */
export type UploadState = Schemas['UploadView']['state']
/** For a conversation, or for a paper of one's own. */
export type UploadAsked = Omit<Schemas['AskForUpload'], 'conversation_id' | 'paper_id'> &
  ({ conversation_id: string } | { paper_id: string })
/** `first`: where the part begins in the file, in bytes. */
export type UploadPart = Schemas['PartView']
/** `parts`: those still missing, with fresh links. `code`: why it was refused. */
export type Upload = Schemas['UploadView']

export type FileVariant = 'original' | 'display' | 'thumbnail' | 'cover'

export type FileLink = Schemas['FileLink']

/** `searched_to`: how far the search came while there is more (with a cursor). */
export interface MessagesFound extends Omit<Schemas['Found'], 'items'> {
  items: Message[]
}
export type SearchedTo = Schemas['SearchedTo']
/** What a card shows to whoever opens it, as it is then. */
export type Card = Schemas['CardView']
export type ConversationExport = Schemas['ExportView']

export interface NewDirect {
  type: 'direct'
  practitioner_role_id: string
}

export interface NewGroup {
  type: 'group'
  name: string
  practitioner_role_ids: string[]
  /** What later members see: everything, or what is said from then on. */
  history: 'all' | 'from_join'
}
