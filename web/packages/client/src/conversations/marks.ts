import type { Connection } from '../connection/connection'

const DELIVERED_AT_MOST_EVERY_MS = 1_000

/**
 * Tells the hospital that messages reached this device: at most once a second per conversation, and not at all
 * where a read mark says as much. Only the tab that holds the line tells.
 */
export class DeliveredMarks {
  private readonly told = new Map<string, number>()
  private readonly due = new Map<string, { seq: number; timer: ReturnType<typeof setTimeout> }>()

  constructor(private readonly connection: Connection) {}

  /** `seq`: the end of what this device holds without a gap. */
  reached(id: string, seq: number): void {
    if (!this.connection.leading.get() || seq <= (this.told.get(id) ?? 0)) return
    const waiting = this.due.get(id)
    if (waiting) waiting.seq = Math.max(waiting.seq, seq)
    else this.due.set(id, { seq, timer: setTimeout(() => this.tell(id), DELIVERED_AT_MOST_EVERY_MS) })
  }

  /** The hospital knows, by a read mark or its own word. */
  known(id: string, seq: number): void {
    this.told.set(id, Math.max(this.told.get(id) ?? 0, seq))
    const waiting = this.due.get(id)
    if (!waiting || waiting.seq > seq) return
    clearTimeout(waiting.timer)
    this.due.delete(id)
  }

  close(): void {
    for (const { timer } of this.due.values()) clearTimeout(timer)
    this.due.clear()
  }

  private tell(id: string): void {
    const waiting = this.due.get(id)
    this.due.delete(id)
    if (!waiting || waiting.seq <= (this.told.get(id) ?? 0)) return
    // Not handed on: the next list that is read says how far the hospital knows, and it is told then.
    if (this.connection.send({ action: 'delivered', conversation_id: id, seq: waiting.seq })) {
      this.told.set(id, waiting.seq)
    }
  }
}
