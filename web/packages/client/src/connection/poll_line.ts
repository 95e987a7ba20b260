import { ApiError, asApiError } from '../errors'
import type { Api } from '../routes'
import type { ClientFrame, ServerFrame, WelcomeFrame } from '../types'
import { DEVICE } from './line'
import type { Line, LineEvents, LineSurroundings } from './line'

/** So many polls in a row without an answer end the line; `DirectConnection` opens the next. */
const FAILURES_TO_END = 3
const PAUSE_AFTER_FAILURE_MS = 2_000
/** An answer that came at once and brought nothing must not be asked for again at once. */
const PAUSE_AFTER_NOTHING_MS = 1_000

/**
 * A line for networks that let no WebSocket pass: the same frames, fetched from a mailbox by long polls.
 *
 * Frames in the mailbox are numbered; each poll says up to which number it has them, so that an answer
 * that got lost is given again.
 */
export class PollLine implements Line {
  readonly transport = 'poll'
  private readonly abort = new AbortController()
  private pollId: string | null = null
  private over = false
  private heartbeat: ReturnType<typeof setInterval> | null = null

  constructor(
    private readonly api: Api['messaging'],
    private readonly base: string | undefined,
    private readonly surroundings: LineSurroundings,
    private readonly events: LineEvents,
  ) {
    this.run().then(
      () => this.end(),
      () => this.end(),
    )
  }

  send(frame: ClientFrame): boolean {
    if (!this.pollId || this.over) return false
    void this.put(this.pollId, frame)
    return true
  }

  end(): void {
    if (this.over) return
    this.over = true
    if (this.heartbeat) clearInterval(this.heartbeat)
    this.abort.abort()
    this.events.ended()
  }

  private async run(): Promise<void> {
    const hello = { v: 1 as const, device: DEVICE, have: this.surroundings.have() }
    const { poll_id, ends_at, ...welcome } = await this.api.openPoll(hello, this.base)
    if (this.over) return
    this.begin(poll_id, { type: 'welcome', renew_at: ends_at, ...welcome })
    await this.fetchAll(poll_id)
  }

  private begin(pollId: string, welcome: WelcomeFrame): void {
    this.pollId = pollId
    const ping = () => this.send({ action: 'ping', have: this.surroundings.have() })
    this.heartbeat = setInterval(ping, welcome.heartbeat_seconds * 1000)
    this.events.welcome(welcome)
  }

  private async fetchAll(pollId: string): Promise<void> {
    let after = 0
    for (let failures = 0; !this.over && failures < FAILURES_TO_END; ) {
      const began = Date.now()
      try {
        after = await this.fetch(pollId, after, began)
        failures = 0
      } catch (reason) {
        if (!asApiError(reason).passing) return // forgotten by the hospital, or not mine any more
        failures += 1
        await this.pause(PAUSE_AFTER_FAILURE_MS * Math.random())
      }
    }
  }

  /** One poll; returns the number up to which frames were taken. */
  private async fetch(pollId: string, after: number, began: number): Promise<number> {
    const { timing, have } = this.surroundings
    const question = { after, wait_seconds: timing.pollSeconds, have: have() }
    const answer = await this.api.poll(pollId, question, { base: this.base, signal: this.abort.signal })
    let taken = after
    for (const { n, frame } of [...answer.frames].sort((a, b) => a.n - b.n)) {
      if (this.over) return taken
      if (n <= taken) continue
      taken = n
      this.events.frame(frame)
    }
    const behind = answer.behind ?? {}
    if (!this.over && Object.keys(behind).length > 0) this.events.frame({ type: 'pong', behind, newest: null })
    if (taken === after && Date.now() - began < PAUSE_AFTER_NOTHING_MS) await this.pause(PAUSE_AFTER_NOTHING_MS)
    return taken
  }

  private async put(pollId: string, frame: ClientFrame): Promise<void> {
    let answer: ServerFrame | undefined
    try {
      answer = await this.api.putFrame(pollId, frame, this.base)
    } catch (reason) {
      answer = refusalOf(frame, asApiError(reason))
    }
    if (answer && !this.over) this.events.frame(answer)
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

/** What a socket would have answered. No answer at all is no refusal: the frame is sent again by whoever needs it. */
function refusalOf(frame: ClientFrame, error: ApiError): ServerFrame | undefined {
  if (error.noAnswer) return undefined
  const id = 'id' in frame ? frame.id : null
  return { type: 'error', id, code: error.code, facts: error.facts, request_id: error.requestId }
}
