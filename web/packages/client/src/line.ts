import { newId } from './ids'
import type { ClientFrame, ServerFrame } from './types'

/** What a line needs of a WebSocket; tests and later transports bring their own. */
export interface Wire {
  send(text: string): void
  close(code?: number, reason?: string): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
}

export type OpenWire = (url: string) => Wire

export interface Timing {
  /** From opening the wire to the hospital's welcome. */
  welcomeMs: number
  /** From a ping to any frame. */
  pongMs: number
}

export interface LineEvents {
  welcome: (frame: Extract<ServerFrame, { type: 'welcome' }>) => void
  frame: (frame: ServerFrame) => void
  /** Called once, whoever ended it. */
  ended: () => void
}

/** Names this page to the hospital, the same for all its connections. */
export const DEVICE = newId()

/** One connection from wire to end: hello, welcome, heartbeat. It never comes back; `Socket` opens the next. */
export class Line {
  private readonly wire: Wire
  private welcomed = false
  private over = false
  private heartbeat: ReturnType<typeof setInterval> | null = null
  private deadline: ReturnType<typeof setTimeout> | null = null

  constructor(
    url: string,
    openWire: OpenWire,
    private readonly timing: Timing,
    private readonly events: LineEvents,
  ) {
    this.wire = openWire(url)
    this.wire.onopen = () => this.put({ action: 'hello', v: 1, device: DEVICE })
    this.wire.onmessage = (event: { data: unknown }) => this.hear(event.data)
    this.wire.onclose = () => this.end()
    this.wire.onerror = () => this.end()
    this.expectWithin(timing.welcomeMs)
  }

  /** False when the frame could not be handed to the wire. */
  send(frame: ClientFrame): boolean {
    return this.welcomed && !this.over && this.put(frame)
  }

  end(): void {
    if (this.over) return
    this.over = true
    if (this.heartbeat) clearInterval(this.heartbeat)
    if (this.deadline) clearTimeout(this.deadline)
    this.wire.onclose = this.wire.onerror = this.wire.onmessage = this.wire.onopen = null
    try {
      this.wire.close(1000)
    } catch {
      // It is closed already: nothing more to do.
    }
    this.events.ended()
  }

  private put(frame: ClientFrame): boolean {
    try {
      this.wire.send(JSON.stringify(frame))
      return true
    } catch {
      this.end()
      return false
    }
  }

  private hear(data: unknown): void {
    const frame = parse(data)
    if (!frame) return
    if (this.deadline && this.welcomed) this.forgetDeadline()
    if (frame.type === 'welcome' && !this.welcomed) this.begin(frame)
    else if (frame.type !== 'pong') this.events.frame(frame)
  }

  private begin(frame: Extract<ServerFrame, { type: 'welcome' }>): void {
    this.welcomed = true
    this.forgetDeadline()
    this.heartbeat = setInterval(() => this.ping(), frame.heartbeat_seconds * 1000)
    this.events.welcome(frame)
  }

  private ping(): void {
    if (this.put({ action: 'ping' })) this.expectWithin(this.timing.pongMs)
  }

  private expectWithin(ms: number): void {
    this.forgetDeadline()
    this.deadline = setTimeout(() => this.end(), ms)
  }

  private forgetDeadline(): void {
    if (this.deadline) clearTimeout(this.deadline)
    this.deadline = null
  }
}

/** API Gateway puts its own notes (`{"message", "connectionId"}`) on the wire; they have no type and are dropped. */
function parse(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame = JSON.parse(data) as { type?: unknown } | null
    return typeof frame?.type === 'string' ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}
