import type { ClientFrame, ServerFrame, WelcomeFrame } from '../types'
import { DEVICE } from './line'
import type { Line, LineEvents, LineSurroundings } from './line'

/** What a line needs of a WebSocket; tests and pages of other makes bring their own. */
export interface Wire {
  send(text: string): void
  close(code?: number, reason?: string): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
}

export type OpenWire = (url: string) => Wire

/** From opening the wire to the hospital's welcome; by then a round has long begun to poll. */
const WELCOME_WITHIN_MS = 10_000

/** A line over a WebSocket: hello, welcome, heartbeat. */
export class SocketLine implements Line {
  readonly transport = 'socket'
  private readonly wire: Wire
  private welcomed = false
  private over = false
  private heartbeat: ReturnType<typeof setInterval> | null = null
  private deadline: ReturnType<typeof setTimeout> | null = null

  constructor(
    url: string,
    openWire: OpenWire,
    private readonly surroundings: LineSurroundings,
    private readonly events: LineEvents,
  ) {
    this.wire = openWire(url)
    this.wire.onopen = () => this.put({ action: 'hello', v: 1, device: DEVICE, have: surroundings.have() })
    this.wire.onmessage = (event: { data: unknown }) => this.hear(event.data)
    this.wire.onclose = () => this.end()
    this.wire.onerror = () => this.end()
    this.expectWithin(WELCOME_WITHIN_MS)
  }

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
    if (frame.type === 'welcome') this.begin(frame)
    else this.events.frame(frame)
  }

  private begin(frame: WelcomeFrame): void {
    if (this.welcomed) return
    this.welcomed = true
    this.forgetDeadline()
    this.heartbeat = setInterval(() => this.ping(), frame.heartbeat_seconds * 1000)
    this.events.welcome(frame)
  }

  private ping(): void {
    const handed = this.put({ action: 'ping', have: this.surroundings.have() })
    if (handed && !this.deadline) this.expectWithin(this.surroundings.timing.pongMs)
  }

  private expectWithin(ms: number): void {
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
