import { asApiError } from '../errors'
import type { Api } from '../routes'
import { Emitter, Store } from '../store'
import type { ClientFrame, EntryPoint, Held, ServerFrame, WelcomeFrame } from '../types'
import type { Connection, ConnectionEvents, ConnectionPhase } from './connection'
import { TIMING } from './line'
import type { Line, LineEvents, LineSurroundings, Timing, Transport } from './line'
import { PollLine } from './poll_line'
import { Round } from './round'
import { SocketLine } from './socket_line'
import type { OpenWire } from './socket_line'

export interface ConnectionOptions {
  openWire?: OpenWire
  timing?: Partial<Timing>
  /** Longest wait before try number n (0, 1, 2 …); the wait itself is a random part of it. */
  longestWaitMs?: (tries: number) => number
  random?: () => number
  now?: () => number
}

const RENEW_AFTER_MS_AT_MOST = 110 * 60_000
const RENEW_SPREAD_MS = 4 * 60_000
const LONGEST_WAIT_MS = 60_000
const FIRST_WAIT_MS = 2_000

/** What a site offers that names no entry points: the socket of its tickets, and polling at its API. */
const OWN_ENTRIES: readonly EntryPoint[] = [
  { url: '', kind: 'socket', priority: 98 },
  { url: '', kind: 'poll', priority: 99 },
]

/** Full jitter: a random moment up to a bound that doubles. Five hundred cut off at once come back spread out. */
export function longestWaitMs(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries)
}

/** A line of this page's own: opened while wanted, found again when lost, renewed before it must end. */
export class DirectConnection implements Connection {
  readonly events = new Emitter<ConnectionEvents>()
  readonly leading = new Store(true)
  private readonly held = new Store<ConnectionPhase>('off')
  private readonly carried = new Store<Transport | null>(null)
  private current: Line | null = null
  private round: Round | null = null
  /** Counts what was started, so that an answer of before a stop opens nothing. */
  private era = 0
  private tries = 0
  private welcomes = 0
  private have: () => Held = () => ({})
  private retryTimer: ReturnType<typeof setTimeout> | null = null
  private renewTimer: ReturnType<typeof setTimeout> | null = null
  private probeTimer: ReturnType<typeof setTimeout> | null = null
  private readonly lingering = new Map<Line, ReturnType<typeof setTimeout>>()
  private readonly surroundings: LineSurroundings
  private readonly openWire: OpenWire
  private readonly longestWaitMs: (tries: number) => number
  private readonly random: () => number
  private readonly now: () => number

  constructor(
    private readonly api: Api,
    options: ConnectionOptions = {},
  ) {
    this.openWire = options.openWire ?? ((url) => new WebSocket(url))
    this.surroundings = { timing: { ...TIMING, ...options.timing }, have: () => this.have() }
    this.longestWaitMs = options.longestWaitMs ?? longestWaitMs
    this.random = options.random ?? Math.random
    this.now = options.now ?? (() => Date.now())
  }

  get phase(): Store<ConnectionPhase> {
    return this.held
  }

  get transport(): Store<Transport | null> {
    return this.carried
  }

  holding(have: () => Held): void {
    this.have = have
  }

  /** There are no other tabs that this line knows of. */
  tell(): void {}

  start(): void {
    if (this.held.get() !== 'off') return
    this.held.set('connecting')
    void this.search('any')
  }

  stop(): void {
    this.era += 1
    this.held.set('off')
    this.forgetTimers()
    this.tries = 0
    this.welcomes = 0
    this.round?.cancel()
    this.round = null
    const lines = [this.current, ...this.lingering.keys()]
    for (const timer of this.lingering.values()) clearTimeout(timer)
    this.lingering.clear()
    this.current = null
    this.carried.set(null)
    for (const line of lines) line?.end()
  }

  wake(): void {
    if (this.held.get() !== 'waiting') return
    this.tries = 0
    this.held.set('connecting')
    this.forgetTimers()
    void this.search('any')
  }

  drop(): void {
    this.current?.end()
  }

  send(frame: ClientFrame): boolean {
    return this.current?.send(frame) ?? false
  }

  /** Looks for a line. `sockets`: while polling works, whether they have come through by now. */
  private async search(kinds: 'any' | 'sockets'): Promise<void> {
    if (this.round) return
    const era = this.era
    let entries: readonly EntryPoint[]
    try {
      entries = await this.entryPoints()
    } catch {
      // No network, or nobody is signed in any more (then the session stops this connection).
      if (era === this.era) this.lost()
      return
    }
    if (era !== this.era || this.round) return
    const tried = kinds === 'any' ? entries : entries.filter(({ kind }) => kind === 'socket')
    this.round = new Round(tried, (entry, events) => this.open(entry, events), this.surroundings.timing, {
      won: (line, welcome) => this.takeOver(line, welcome),
      lost: () => this.roundLost(),
      frame: (line, frame) => this.pass(line, frame),
      ended: (line) => this.ended(line),
    })
    this.round.start()
  }

  /** Best first. A hospital that names none, or only one kind, is tried at its own address as well. */
  private async entryPoints(): Promise<readonly EntryPoint[]> {
    let named: readonly EntryPoint[] = []
    try {
      named = (await this.api.messaging.entryPoints()).items
    } catch (reason) {
      if (asApiError(reason).noAnswer) throw reason
    }
    const missing = OWN_ENTRIES.filter(({ kind }) => !named.some((entry) => entry.kind === kind))
    return [...named, ...missing]
  }

  private async open(entry: EntryPoint, events: LineEvents): Promise<Line> {
    if (entry.kind === 'poll') {
      // A path is one of this site's own; only another site's address says more than that.
      const base = /^https?:/.test(entry.url) ? entry.url.replace(/(\/messaging\/polls)?\/*$/, '') : undefined
      return new PollLine(this.api.messaging, base, this.surroundings, events)
    }
    const { ticket, url: own } = await this.api.messaging.openTicket()
    const url = entry.url || own
    const addressed = `${url}${url.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`
    return new SocketLine(addressed, this.openWire, this.surroundings, events)
  }

  private takeOver(line: Line, welcome: WelcomeFrame): void {
    const previous = this.current
    this.round = null
    this.current = line
    this.tries = 0
    this.plan(welcome.renew_at)
    if (line.transport === 'poll') this.planProbe()
    this.carried.set(line.transport)
    this.held.set('online')
    this.welcomes += 1
    this.events.emit('online', { first: this.welcomes === 1, gap: previous === null, behind: welcome.behind ?? {} })
    if (previous) this.linger(previous)
  }

  /** What was under way on the old line may still arrive there; the same frame twice does no harm. */
  private linger(line: Line): void {
    const end = () => {
      this.lingering.delete(line)
      line.end()
    }
    this.lingering.set(line, setTimeout(end, this.surroundings.timing.lingerMs))
  }

  private pass(line: Line, frame: ServerFrame): void {
    if (line !== this.current && !this.lingering.has(line)) return
    const { events } = this
    if (frame.type === 'message') events.emit('message', frame.message)
    else if (frame.type === 'error') events.emit('refused', frame)
    else if (frame.type === 'pong') {
      events.emit('told', { behind: frame.behind ?? {}, newest: frame.newest ?? null })
    } else if (frame.type !== 'welcome') this.passAsItIs(frame)
  }

  private passAsItIs(frame: Exclude<ServerFrame, { type: 'message' | 'error' | 'pong' | 'welcome' }>): void {
    const { type, ...carried } = frame
    this.events.emit(type, carried as never)
  }

  private ended(line: Line): void {
    const lingered = this.lingering.get(line)
    if (lingered) clearTimeout(lingered)
    this.lingering.delete(line)
    if (line !== this.current) return
    this.current = null
    this.carried.set(null)
    if (this.round) this.held.set('connecting') // its successor is on the way
    else this.lost()
  }

  private roundLost(): void {
    this.round = null
    this.lost()
  }

  /** A try failed or a line ended: while the old line still stands (renewal, probe), it keeps the phase. */
  private lost(): void {
    if (this.held.get() === 'off') return
    const standing = this.current
    if (standing?.transport === 'poll') {
      this.planProbe()
      return
    }
    if (!standing) this.held.set('waiting')
    this.forgetTimers()
    const longest = this.longestWaitMs(this.tries)
    this.tries += 1
    this.retryTimer = setTimeout(() => {
      if (!this.current) this.held.set('connecting')
      void this.search('any')
    }, longest * this.random())
  }

  /** Renews at a random moment before the server's time, so that a whole hospital does not renew at once. */
  private plan(renewAt: string | number): void {
    this.forgetTimers()
    const at = typeof renewAt === 'number' ? renewAt * 1000 : Date.parse(renewAt)
    const left = at - this.now()
    const within = Number.isFinite(left) && left > 0 ? Math.min(left, RENEW_AFTER_MS_AT_MOST) : RENEW_AFTER_MS_AT_MOST
    const spread = Math.min(RENEW_SPREAD_MS, within / 4) * this.random()
    this.renewTimer = setTimeout(() => void this.search('any'), within - spread)
  }

  private planProbe(): void {
    if (this.probeTimer) clearTimeout(this.probeTimer)
    const { probeMs } = this.surroundings.timing
    this.probeTimer = setTimeout(() => void this.search('sockets'), probeMs * (0.5 + this.random() / 2))
  }

  private forgetTimers(): void {
    for (const timer of [this.retryTimer, this.renewTimer, this.probeTimer]) if (timer) clearTimeout(timer)
    this.retryTimer = this.renewTimer = this.probeTimer = null
  }
}
