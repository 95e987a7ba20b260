import type { Connection } from '../connection/connection'
import type { Refusal } from '../types'
import type { Outbox } from './outbox'
import { readyToSend, sentContent } from './outgoing'
import type { Outgoing } from './outgoing'

export interface SenderTiming {
  /** From handing a message to the wire to its acknowledgement. */
  ackMs: number
  /** Wait before repeating what the hospital could not take just now. */
  busyMs: number
}

/** Refusals that pass by themselves; every other refusal needs the writer. */
const PASSING = new Set(['edge.unavailable', 'limit.too_many', 'http.502', 'http.503', 'http.504'])

const SILENCES_BEFORE_RECONNECT = 2

/**
 * Hands each conversation's outgoing messages to the line, one at a time and in order of writing,
 * and again until acknowledged. (Frames of one connection may be handled side by side, so the order
 * is only safe when each waits for the acknowledgement of the one before.) An attachment takes its
 * place once its upload is ready; texts do not wait for it. Only the tab that holds the line sends.
 */
export class Sender {
  private readonly inFlight = new Map<string, { id: string; timer: ReturnType<typeof setTimeout> }>()
  private readonly pauses = new Map<string, ReturnType<typeof setTimeout>>()
  private silences = 0

  constructor(
    private readonly connection: Connection,
    private readonly outbox: Outbox,
    private readonly timing: SenderTiming,
  ) {}

  /** Sends the next ready message of the conversation, if none is under way. */
  push(conversationId: string): void {
    if (!this.connection.leading.get()) return
    if (this.inFlight.has(conversationId) || this.pauses.has(conversationId)) return
    const next = this.outbox.of(conversationId).find(readyToSend)
    if (next) this.hand(next)
  }

  pushAll(): void {
    for (const conversationId of this.outbox.conversationIds) this.push(conversationId)
  }

  /** The message is stored: by its acknowledgement, or seen in the conversation. */
  settled(conversationId: string, id: string): Outgoing | undefined {
    this.land(conversationId, id)
    const entry = this.outbox.remove(id)
    this.silences = 0
    this.push(conversationId)
    return entry
  }

  refused(refusal: Refusal): void {
    const entry = refusal.id && this.connection.leading.get() ? this.outbox.find(refusal.id) : undefined
    if (!entry) return
    this.land(entry.conversation_id, entry.id)
    if (PASSING.has(refusal.code)) {
      this.pause(entry, refusal.facts['retry_after_seconds'])
      return
    }
    const { code, facts, request_id: requestId } = refusal
    this.outbox.change(entry.id, { state: 'failed', failure: { code, facts, requestId } })
    this.push(entry.conversation_id)
  }

  /** The writer took it back: what stands behind it may go. */
  discarded(entry: Outgoing): void {
    this.land(entry.conversation_id, entry.id)
    this.push(entry.conversation_id)
  }

  /** The line is gone: what was under way waits for the next one. */
  disconnected(): void {
    for (const { timer } of this.inFlight.values()) clearTimeout(timer)
    this.inFlight.clear()
    for (const timer of this.pauses.values()) clearTimeout(timer)
    this.pauses.clear()
    if (this.connection.leading.get()) this.outbox.rest()
  }

  private hand(entry: Outgoing): void {
    const { id, conversation_id, type } = entry
    const handed = this.connection.send({ action: 'send', id, conversation_id, type, content: sentContent(entry) })
    if (!handed) return
    const timer = setTimeout(() => this.silent(conversation_id, id), this.timing.ackMs)
    this.inFlight.set(conversation_id, { id, timer })
    this.outbox.change(id, { state: 'sending', failure: null })
  }

  private silent(conversationId: string, id: string): void {
    this.land(conversationId, id)
    this.outbox.change(id, { state: 'waiting' })
    this.silences += 1
    if (this.silences >= SILENCES_BEFORE_RECONNECT) {
      this.silences = 0
      this.connection.drop()
    } else this.push(conversationId)
  }

  private pause(entry: Outgoing, seconds: unknown): void {
    this.outbox.change(entry.id, { state: 'waiting' })
    const ms = typeof seconds === 'number' ? seconds * 1000 : this.timing.busyMs
    const timer = setTimeout(() => {
      this.pauses.delete(entry.conversation_id)
      this.push(entry.conversation_id)
    }, ms)
    this.pauses.set(entry.conversation_id, timer)
  }

  private land(conversationId: string, id: string): void {
    const flight = this.inFlight.get(conversationId)
    if (flight?.id !== id) return
    clearTimeout(flight.timer)
    this.inFlight.delete(conversationId)
  }
}
