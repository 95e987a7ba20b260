/** Facts that come with an error code, for example `{ retry_after_seconds: 40 }`. */
export type Facts = Record<string, unknown>

/** Codes that this client gives itself; every other code is the server's. */
export const OFFLINE = 'client.offline'
export const UNREACHABLE = 'client.unreachable'
export const TIMED_OUT = 'client.timed_out'
export const UNREADABLE = 'client.unreadable'
export const SESSION_OVER = 'session.over'

interface Refusal {
  code: string
  facts?: Facts
  requestId?: string | null
  status?: number
}

/** Everything that goes wrong between a page and the hospital. `status` 0: no answer came. */
export class ApiError extends Error {
  readonly code: string
  readonly facts: Facts
  readonly requestId: string | null
  readonly status: number

  constructor({ code, facts = {}, requestId = null, status = 0 }: Refusal) {
    super(code)
    this.name = 'ApiError'
    this.code = code
    this.facts = facts
    this.requestId = requestId
    this.status = status
  }

  /** True when nobody answered: the same request may simply be repeated later. */
  get noAnswer(): boolean {
    return this.status === 0
  }

  /** True when repeating the same request (same idempotency key) is sensible. */
  get passing(): boolean {
    return this.noAnswer || this.status === 502 || this.status === 503 || this.status === 504
  }

  /** Seconds that the server asked us to wait, when it did. */
  get retryAfterSeconds(): number | null {
    const seconds = this.facts['retry_after_seconds']
    return typeof seconds === 'number' ? seconds : null
  }
}

export function asApiError(reason: unknown): ApiError {
  if (reason instanceof ApiError) return reason
  return new ApiError({ code: UNREADABLE, facts: { reason: String(reason) } })
}
