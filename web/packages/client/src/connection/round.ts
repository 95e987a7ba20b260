import type { EntryPoint, ServerFrame, WelcomeFrame } from '../types'
import type { Line, LineEvents, Timing } from './line'

export type OpenLine = (entry: EntryPoint, events: LineEvents) => Promise<Line> | Line

export interface RoundEvents {
  /** Called once; every other try of the round is over by then. */
  won: (line: Line, welcome: WelcomeFrame) => void
  /** No entry point gave a welcome. */
  lost: () => void
  /** Of the line that won. */
  frame: (line: Line, frame: ServerFrame) => void
  ended: (line: Line) => void
}

interface Try {
  line: Line | null
  over: boolean
}

/**
 * One search for a line: sockets in the order of the entry points, each a moment after the one before
 * (at once when that one failed), and polling when no socket was welcomed in time. The first welcome wins.
 */
export class Round {
  private readonly sockets: EntryPoint[]
  private readonly polls: EntryPoint[]
  private readonly tries = new Set<Try>()
  private over = false
  private timer: ReturnType<typeof setTimeout> | null = null
  private pollTimer: ReturnType<typeof setTimeout> | null = null

  constructor(
    entries: readonly EntryPoint[],
    private readonly open: OpenLine,
    private readonly timing: Timing,
    private readonly events: RoundEvents,
  ) {
    this.sockets = entries.filter(({ kind }) => kind === 'socket')
    this.polls = entries.filter(({ kind }) => kind === 'poll')
  }

  start(): void {
    this.pollTimer = setTimeout(() => this.nextOf(this.polls), this.timing.welcomeMs)
    this.next()
  }

  cancel(): void {
    this.finish(null)
  }

  private next(): void {
    if (this.over) return
    if (this.timer) clearTimeout(this.timer)
    if (this.sockets.length > 0) {
      this.nextOf(this.sockets)
      if (this.sockets.length > 0) this.timer = setTimeout(() => this.next(), this.timing.staggerMs)
    } else if (this.tries.size === 0) {
      if (this.polls.length > 0) this.nextOf(this.polls)
      else this.fail()
    }
  }

  private nextOf(entries: EntryPoint[]): void {
    const entry = this.over ? undefined : entries.shift()
    if (entry) void this.try(entry)
  }

  private async try(entry: EntryPoint): Promise<void> {
    const mine: Try = { line: null, over: false }
    this.tries.add(mine)
    const pending: WelcomeFrame[] = []
    const won = (welcome: WelcomeFrame) => this.won(mine, welcome)
    const events: LineEvents = {
      welcome: (welcome) => (mine.line ? won(welcome) : void pending.push(welcome)),
      frame: (frame) => void (mine.line && this.events.frame(mine.line, frame)),
      ended: () => this.ended(mine),
    }
    try {
      const line = await this.open(entry, events)
      mine.line = line
      if (mine.over || this.over) line.end()
      else if (pending[0]) won(pending[0])
    } catch {
      // No ticket for this entry point: as good as no welcome from it.
      this.ended(mine)
    }
  }

  private won(winner: Try, welcome: WelcomeFrame): void {
    if (this.over || !winner.line) return
    this.finish(winner)
    this.events.won(winner.line, welcome)
  }

  private ended(mine: Try): void {
    const known = !mine.over
    mine.over = true
    if (this.tries.delete(mine) && !this.over) this.next()
    else if (known && this.over && mine.line) this.events.ended(mine.line)
  }

  private fail(): void {
    this.finish(null)
    this.events.lost()
  }

  private finish(winner: Try | null): void {
    this.over = true
    if (this.timer) clearTimeout(this.timer)
    if (this.pollTimer) clearTimeout(this.pollTimer)
    for (const one of this.tries) {
      if (one === winner) continue
      one.over = true
      one.line?.end()
    }
    this.tries.clear()
    if (winner) winner.over = false
  }
}
