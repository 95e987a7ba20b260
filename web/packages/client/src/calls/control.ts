import type { OpenWire, Wire } from '../connection/socket_line'
import type { FromRelay, Resume, ToRelay, Welcome } from './protocol'

export interface ControlEvents {
  welcome: (welcome: Welcome) => void
  heard: (said: FromRelay) => void
  /** The relay has this session no more, or takes it not: the code of its `refused`, or the reason of its `bye`. */
  lost: (code: string) => void
}

const LOOK_EVERY_MS = 500
const QUIET_MS = 1_000
const AGAIN_AFTER_MS = [0, 200, 500, 1_000, 2_000]

/** The control line of one session: hello, welcome, heartbeat; opened again when it breaks, without touching media. */
export class ControlLine {
  /** When the relay was heard last, ms. */
  heardAt: number
  private wire: Wire | null = null
  private resume: Resume | null = null
  private tries = 0
  private over = false
  private welcomed = false
  private pingedAt = 0
  private againTimer: ReturnType<typeof setTimeout> | null = null
  private readonly heartbeat: ReturnType<typeof setInterval>

  constructor(
    private readonly url: string,
    private readonly grant: string,
    private readonly openWire: OpenWire,
    private readonly now: () => number,
    private readonly events: ControlEvents,
  ) {
    this.heardAt = now()
    this.heartbeat = setInterval(() => this.beat(), LOOK_EVERY_MS)
    this.open()
  }

  /** False when the line is not open just now. */
  send(said: ToRelay): boolean {
    return this.welcomed && this.put(said)
  }

  /** Open in name only: a new one, which takes the session up again. */
  reopen(): void {
    if (this.welcomed) this.broke()
  }

  /** `word`: said to the relay first. */
  close(word?: string): void {
    if (this.over) return
    if (word) this.send({ type: 'bye', reason: word })
    this.over = true
    clearInterval(this.heartbeat)
    if (this.againTimer) clearTimeout(this.againTimer)
    this.drop()
  }

  private open(): void {
    let wire: Wire
    try {
      wire = this.openWire(this.url)
    } catch {
      // No address, or none that this page may open: the next try fails likewise, until the session gives up.
      return this.broke()
    }
    this.wire = wire
    wire.onopen = () => wire === this.wire && this.hello()
    wire.onmessage = (event: { data: unknown }) => wire === this.wire && this.hear(event.data)
    wire.onclose = wire.onerror = () => wire === this.wire && this.broke()
  }

  private hello(): void {
    this.put({ type: 'hello', v: 1, ...(this.resume ? { resume: this.resume } : { grant: this.grant }) } as ToRelay)
  }

  private hear(data: unknown): void {
    const said = parse(data)
    if (!said) return
    this.heardAt = this.now()
    if (said.type === 'welcome') this.begin(said)
    else if (said.type === 'bye') this.end(said.reason)
    else if (said.type === 'refused' && !this.welcomed) this.end(said.code)
    else if (said.type !== 'pong') this.events.heard(said)
  }

  private begin(welcome: Welcome): void {
    this.resume = { session: welcome.session, secret: welcome.secret }
    this.welcomed = true
    this.tries = 0
    this.events.welcome(welcome)
  }

  private beat(): void {
    const at = this.now()
    if (at - Math.max(this.heardAt, this.pingedAt) < QUIET_MS) return
    this.pingedAt = at
    this.send({ type: 'ping' })
  }

  private put(said: ToRelay): boolean {
    try {
      this.wire?.send(JSON.stringify(said))
      return this.wire !== null
    } catch {
      this.broke()
      return false
    }
  }

  private broke(): void {
    this.drop()
    if (this.over) return
    const wait = AGAIN_AFTER_MS[Math.min(this.tries, AGAIN_AFTER_MS.length - 1)]
    this.tries += 1
    if (this.againTimer) clearTimeout(this.againTimer)
    this.againTimer = setTimeout(() => this.open(), wait)
  }

  private end(code: string): void {
    if (this.over) return
    this.close()
    this.events.lost(code)
  }

  private drop(): void {
    const wire = this.wire
    this.wire = null
    this.welcomed = false
    if (!wire) return
    wire.onopen = wire.onmessage = wire.onclose = wire.onerror = null
    try {
      wire.close(1000)
    } catch {
      // It is closed already.
    }
  }
}

function parse(data: unknown): FromRelay | null {
  if (typeof data !== 'string') return null
  try {
    const said = JSON.parse(data) as { type?: unknown } | null
    return typeof said?.type === 'string' ? (said as FromRelay) : null
  } catch {
    return null
  }
}
