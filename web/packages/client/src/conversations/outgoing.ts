import type { AttachmentType, CardReference, CustomType } from '../types'

/** Why it failed, as an error code with its facts. */
export interface Failure {
  code: string
  facts: Record<string, unknown>
  requestId: string | null
}

/** What a member can send, besides a plain string (a text). */
export type Draft =
  | { type: 'text'; text: string }
  | ({ type: AttachmentType; file: Blob } & FileFacts)
  | { type: 'card'; card: CardReference }
  | { type: CustomType; content: Record<string, unknown> }

/** What the sender's page knows of a file, to show it before the hospital has looked at it. */
export interface FileFacts {
  name?: string
  milliseconds?: number
  width?: number
  height?: number
}

/** How far an attachment has got. `id` null: the hospital was not asked yet. */
export interface UploadStep {
  id: string | null
  name: string
  state: 'prepared' | 'asked' | 'checking' | 'ready'
}

/** A message of mine that the hospital has not acknowledged yet. Never changed in place. */
export interface Outgoing {
  /** The client id: the same on every resend, so that the hospital stores it once. */
  id: string
  conversation_id: string
  type: 'text' | AttachmentType | 'card' | CustomType
  /** As readers will get it, as far as this page knows. */
  content: object
  /** '' for everything but texts. */
  text: string
  written_at: string
  state: 'waiting' | 'uploading' | 'checking' | 'sending' | 'failed'
  failure: Failure | null
  /** Attachments only. */
  upload: UploadStep | null
  /** Of an upload under way, 0 to 1; null otherwise. */
  progress: number | null
  /** An address of the local file, good in this tab only; null without one. */
  preview: string | null
}

/** What outlives the page. */
export type KeptOutgoing = Omit<Outgoing, 'progress' | 'preview'>

export type Outcome =
  | { result: 'delivered'; conversation_id: string; seq: number; sent_at: string }
  | { result: 'failed'; failure: Failure }

/** `outcome` never rejects: delivered once the hospital has stored it, failed once it needs its writer (or was discarded). */
export interface Sending {
  id: string
  outcome: Promise<Outcome>
}

/** Code of the outcome of what its writer took back. */
export const DISCARDED = 'client.discarded'
/** The file of an attachment did not outlive the page: it has to be chosen again. */
export const FILE_GONE = 'client.file_gone'

export function outgoingOf(id: string, conversationId: string, draft: string | Draft, writtenAt: string): Outgoing {
  const one = typeof draft === 'string' ? { type: 'text' as const, text: draft } : draft
  const attached = 'file' in one
  return {
    id,
    conversation_id: conversationId,
    type: one.type,
    content: contentOf(one),
    text: 'text' in one ? one.text : '',
    written_at: writtenAt,
    state: attached ? 'uploading' : 'waiting',
    failure: null,
    upload: attached ? { id: null, name: nameOf(one.file, one.name), state: 'prepared' } : null,
    progress: attached ? 0 : null,
    preview: null,
  }
}

/** True when nothing but the line is missing. */
export function readyToSend(entry: Outgoing): boolean {
  return entry.state !== 'failed' && (entry.upload === null || entry.upload.state === 'ready')
}

/** What goes onto the wire. */
export function sentContent(entry: Outgoing): object {
  return entry.upload ? { upload_id: entry.upload.id } : entry.content
}

export function restingState(entry: KeptOutgoing): Outgoing['state'] {
  if (entry.state === 'failed') return 'failed'
  if (!entry.upload || entry.upload.state === 'ready') return 'waiting'
  return entry.upload.state === 'checking' ? 'checking' : 'uploading'
}

function contentOf(draft: Draft): object {
  if ('text' in draft) return { text: draft.text }
  if ('card' in draft) return { card: draft.card }
  if ('content' in draft) return draft.content
  const { file, name, milliseconds, width, height } = draft
  const facts = { name: nameOf(file, name), size: file.size, milliseconds, width, height, media_type: file.type }
  return { upload_id: '', ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) }
}

function nameOf(file: Blob, name?: string): string {
  return name ?? (file as Partial<File>).name ?? ''
}
