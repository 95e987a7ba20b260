import type { Api } from './routes'
import { Line } from './line'
import type { OpenWire, Timing } from './line'
import { Emitter, Store } from './store'
import type { Readable } from './store'
import type { ClientFrame, Message, Notice, ReadMark, ServerFrame } from './types'

/** `off`: not wanted. `connecting`: first try or a fresh one. `waiting`: between tries. */
export type SocketPhase = 'off' | 'connecting' | 'online' | 'waiting'

export interface SocketEvents {
  /** After each welcome: what was missed has to be read by REST now. */
  online: { first: boolean }
  message: Message
  ack: Extract<ServerFrame, { type: 'ack' }>
  read: ReadMark
  notice: Notice
  refused: Extract<ServerFrame, { type: 'error' }>
}

export interface SocketOptions {
  openWire?: OpenWire
  timing?: Partial<Timing>
  /** Longest wait before try number n (0, 1, 2 …); the wait itself is a random part of it. */
  longestWaitMs?: (tries: number) => number
  random?: () => number
  now?: () => number
}

const RENEW_AFTER_MS_AT_MOST = 110 * 60_000
const RENEW_SPREAD_MS = 4 * 60_000

/** The page's one connection: opened while wanted, found again when lost, renewed before it must end. */
export class Socket {
  readonly events = new Emitter<SocketEvents>()
  private readonly held = new Store<SocketPhase>('off')
  private current: Line | null = null
  private coming: Line | null = null
  private tries = 0
  private welcomes = 0
  private retryTimer: ReturnType<typeof setTimeout> | null = null
  private renewTimer: ReturnType<typeof setTimeout> | null = null
  private readonly openWire: OpenWire
  private readonly timing: Timing
  private readonly longestWaitMs: (tries: number) => number
  private readonly random: () => number
  private readonly now: () => number

  constructor(
    private readonly api: Api,
    options: SocketOptions = {},
  ) {
    this.openWire = options.openWire ?? ((url) => new WebSocket(url))
    this.timing = { welcomeMs: 10_000, pongMs: 10_000, ...options.timing }
    this.longestWaitMs = options.longestWaitMs ?? ((tries) => Math.min(30_000, 1000 * 2 ** tries))
    this.random = options.random ?? Math.random
    this.now = options.now ?? (() => Date.now())
  }

  get phase(): Readable<SocketPhase> {
    return this.held
  }

  start(): void {
    if (this.held.get() !== 'off') return
    this.held.set('connecting')
    void this.connect()
  }

  stop(): void {
    this.held.set('off')
    this.forgetTimers()
    this.tries = 0
    this.welcomes = 0
    const [current, coming] = [this.current, this.coming]
    this.current = this.coming = null
    current?.end()
    coming?.end()
  }

  /** The network is believed to be back (or the page to be looked at again): do not wait out the pause. */
  wake(): void {
    if (this.held.get() !== 'waiting') return
    this.tries = 0
    this.held.set('connecting')
    this.forgetTimers()
    void this.connect()
  }

  /** Gives up a connection that is open in name only. */
  drop(): void {
    this.current?.end()
  }

  send(frame: ClientFrame): boolean {
    return this.current?.send(frame) ?? false
  }

  private async connect(): Promise<void> {
    let url: string
    try {
      const { ticket, url: entry } = await this.api.messaging.openTicket()
      url = `${entry}${entry.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`
    } catch {
      // No ticket: no network, or nobody is signed in any more (then the session stops this socket).
      this.lost()
      return
    }
    if (this.held.get() === 'off') return
    const superseded = this.coming
    this.coming = null
    superseded?.end()
    const line: Line = new Line(url, this.openWire, this.timing, {
      welcome: (frame) => this.takeOver(line, frame),
      frame: (frame) => this.pass(frame),
      ended: () => this.ended(line),
    })
    this.coming = line
  }

  private takeOver(line: Line, frame: Extract<ServerFrame, { type: 'welcome' }>): void {
    const previous = this.current
    this.current = line
    this.coming = null
    this.tries = 0
    previous?.end()
    this.plan(frame.renew_at)
    this.held.set('online')
    this.welcomes += 1
    this.events.emit('online', { first: this.welcomes === 1 })
  }

  private pass(frame: ServerFrame): void {
    if (frame.type === 'message') this.events.emit('message', frame.message)
    else if (frame.type === 'ack') this.events.emit('ack', frame)
    else if (frame.type === 'read') this.events.emit('read', frame)
    else if (frame.type === 'notice') this.events.emit('notice', frame)
    else if (frame.type === 'error') this.events.emit('refused', frame)
  }

  private ended(line: Line): void {
    if (line === this.current) this.current = null
    else if (line === this.coming) this.coming = null
    else return // replaced by its successor
    this.lost()
  }

  /** A try failed or a line ended: while the old line still stands (renewal), it keeps the phase. */
  private lost(): void {
    if (this.held.get() === 'off' || this.coming) return
    if (!this.current) this.held.set('waiting')
    this.forgetTimers()
    const longest = this.longestWaitMs(this.tries)
    this.tries += 1
    this.retryTimer = setTimeout(() => {
      if (!this.current) this.held.set('connecting')
      void this.connect()
    }, longest * this.random())
  }

  /** Renews at a random moment before the server's time, so that a whole hospital does not renew at once. */
  private plan(renewAt: string | number): void {
    this.forgetTimers()
    const at = typeof renewAt === 'number' ? renewAt * 1000 : Date.parse(renewAt)
    const left = at - this.now()
    const within = Number.isFinite(left) && left > 0 ? Math.min(left, RENEW_AFTER_MS_AT_MOST) : RENEW_AFTER_MS_AT_MOST
    const spread = Math.min(RENEW_SPREAD_MS, within / 4) * this.random()
    this.renewTimer = setTimeout(() => void this.connect(), within - spread)
  }

  private forgetTimers(): void {
    if (this.retryTimer) clearTimeout(this.retryTimer)
    if (this.renewTimer) clearTimeout(this.renewTimer)
    this.retryTimer = this.renewTimer = null
  }
}
