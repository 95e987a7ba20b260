import { ApiError, OFFLINE, TIMED_OUT, UNREACHABLE, UNREADABLE } from './errors'
import type { Facts } from './errors'
import { newId } from './ids'
import { Store } from './store'
import type { Readable } from './store'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Query = Record<string, string | number | boolean | null | undefined>

export interface Request {
  method: Method
  /** Below the API's start: "/identity/me". */
  path: string
  query?: Query
  body?: unknown
  /** Another start of the API than the site's own, without a slash at its end: an entry point. */
  base?: string
  /** Idempotency key of the intent; a POST without one gets its own. */
  key?: string
  /** True for the few routes that are asked without being anybody. */
  anonymous?: boolean
  /** What proves another system, beside the kit's own headers. */
  headers?: Record<string, string>
  timeoutSeconds?: number
  signal?: AbortSignal
}

/** Who the requests are made for. */
export interface Bearer {
  /** A token that is believed valid, refreshed first when its time is over; null: nobody. */
  token(): Promise<string | null>
  /** Called once a token was refused; answers a newer one, or null when the session is over. */
  renew(refused: string): Promise<string | null>
}

export interface HttpOptions {
  apiBase: () => Promise<string>
  fetch?: typeof fetch
  /** Waits between repeats of a request that got no answer; [] for none. */
  repeatAfterMs?: number[]
  sleep?: (ms: number) => Promise<void>
  /** Told the moment (epoch ms) that the hospital's clock showed when it answered. */
  onDate?: (moment: number) => void
}

const NOBODY: Bearer = { token: async () => null, renew: async () => null }

/** Requests to the hospital: bearer, time-outs, repeats, and every failure as an ApiError. */
export class Http {
  private bearer: Bearer = NOBODY
  private ahead = 0
  private readonly reach = new Store(true)
  private readonly fetcher: typeof fetch
  private readonly repeatAfterMs: number[]
  private readonly sleep: (ms: number) => Promise<void>

  constructor(private readonly options: HttpOptions) {
    this.fetcher = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
    this.repeatAfterMs = options.repeatAfterMs ?? [300, 1200]
    this.sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)))
  }

  /** False from the first request without an answer until the next answer. */
  get reachable(): Readable<boolean> {
    return this.reach
  }

  /** The present moment at the hospital, ms, as its last answer told it in whole seconds: never ahead of it by much. */
  now(): number {
    return Date.now() + this.ahead
  }

  actFor(bearer: Bearer): void {
    this.bearer = bearer
  }

  async request<Answer>(asked: Request): Promise<Answer> {
    const token = asked.anonymous ? null : await this.bearer.token()
    const request = { ...asked, key: asked.key ?? (asked.method === 'POST' ? newId() : undefined) }
    try {
      return await this.repeated<Answer>(request, token)
    } catch (reason) {
      if (!(reason instanceof ApiError) || reason.status !== 401 || !token) throw reason
      const newer = await this.bearer.renew(token)
      if (!newer) throw reason
      return this.repeated<Answer>(request, newer)
    }
  }

  private async repeated<Answer>(request: Request, token: string | null): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.once<Answer>(request, token)
      } catch (reason) {
        const wait = this.repeatAfterMs[tries]
        if (!(reason instanceof ApiError) || wait === undefined || !mayRepeat(request, reason)) throw reason
        await this.sleep(wait)
      }
    }
  }

  private async once<Answer>(request: Request, token: string | null): Promise<Answer> {
    const answer = await this.send(request, token)
    this.reach.set(true)
    const date = answer.headers.get('date')
    if (date) this.takeDate(Date.parse(date))
    if (answer.status === 204) return undefined as Answer
    const body = await readJson(answer)
    if (!answer.ok) throw refusal(answer, body)
    if (body === undefined) throw new ApiError({ code: UNREADABLE, status: answer.status })
    return body as Answer
  }

  private takeDate(moment: number): void {
    if (!Number.isFinite(moment)) return
    this.ahead = moment - Date.now()
    this.options.onDate?.(moment)
  }

  private async send(request: Request, token: string | null): Promise<Response> {
    const base = request.base ?? (await this.options.apiBase())
    const clock = new AbortController()
    const timer = setTimeout(() => clock.abort(), (request.timeoutSeconds ?? 20) * 1000)
    const giveUp = () => clock.abort()
    request.signal?.addEventListener('abort', giveUp)
    try {
      return await this.fetcher(base + request.path + queryString(request.query), {
        method: request.method,
        headers: headersOf(request, token),
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        credentials: 'same-origin',
        signal: clock.signal,
      })
    } catch {
      if (request.signal?.aborted) throw new ApiError({ code: TIMED_OUT, facts: { given_up: true } })
      this.reach.set(false)
      throw new ApiError({ code: whyNoAnswer(clock.signal.aborted) })
    } finally {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', giveUp)
    }
  }
}

function whyNoAnswer(timedOut: boolean): string {
  if (timedOut) return TIMED_OUT
  return globalThis.navigator?.onLine === false ? OFFLINE : UNREACHABLE
}

function mayRepeat(request: Request, error: ApiError): boolean {
  const harmless = request.method === 'GET' || request.key !== undefined
  return harmless && error.passing && error.code !== OFFLINE && !request.signal?.aborted
}

function headersOf(request: Request, token: string | null): Record<string, string> {
  const headers: Record<string, string> = { ...request.headers, Accept: 'application/json' }
  if (request.body !== undefined) headers['Content-Type'] = 'application/json'
  if (token) headers['Authorization'] = `Bearer ${token}`
  if (request.key) headers['Idempotency-Key'] = request.key
  return headers
}

function queryString(query: Query = {}): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(name, String(value))
  }
  const text = pairs.toString()
  return text ? `?${text}` : ''
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch {
    return undefined
  }
}

/** API Gateway's own refusals carry only `message`; they get a code by their status. */
function refusal(answer: Response, body: unknown): ApiError {
  const told = (body ?? {}) as { code?: unknown; facts?: Facts; request_id?: string }
  const code = typeof told.code === 'string' ? told.code : `http.${answer.status}`
  const requestId = told.request_id ?? answer.headers.get('x-amzn-requestid')
  return new ApiError({ code, facts: told.facts, requestId, status: answer.status })
}
