import type { Connection } from '../connection/connection'
import { ApiError, OFFLINE, TIMED_OUT } from '../errors'
import type { Ack, ClientFrame, Refusal } from '../types'

const ANSWER_WITHIN_MS = 10_000

interface Asked {
  resolve: (ack: Ack) => void
  reject: (error: ApiError) => void
  timer: ReturnType<typeof setTimeout>
}

/** Frames that want an answer now or not at all, unlike messages, which wait in the outbox. */
export class Asking {
  private readonly waiting = new Map<string, Asked>()

  constructor(private readonly connection: Connection) {}

  /** Rejects with the hospital's refusal, or `client.offline` / `client.timed_out`. */
  ask(frame: Extract<ClientFrame, { id: string }>): Promise<Ack> {
    return new Promise((resolve, reject) => {
      if (!this.connection.send(frame)) {
        reject(new ApiError({ code: OFFLINE }))
        return
      }
      const timer = setTimeout(() => this.take(frame.id)?.reject(new ApiError({ code: TIMED_OUT })), ANSWER_WITHIN_MS)
      this.waiting.set(frame.id, { resolve, reject, timer })
    })
  }

  acknowledged(ack: Ack): boolean {
    const asked = this.take(ack.id)
    asked?.resolve(ack)
    return asked !== undefined
  }

  refused({ id, code, facts, request_id: requestId }: Refusal): void {
    if (id) this.take(id)?.reject(new ApiError({ code, facts, requestId, status: 400 }))
  }

  close(): void {
    for (const id of [...this.waiting.keys()]) this.take(id)?.reject(new ApiError({ code: OFFLINE }))
  }

  private take(id: string): Asked | undefined {
    const asked = this.waiting.get(id)
    if (asked) clearTimeout(asked.timer)
    this.waiting.delete(id)
    return asked
  }
}
