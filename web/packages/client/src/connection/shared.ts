import type { OutboxWord } from '../conversations/outbox'
import { newId } from '../ids'
import { Emitter, Store } from '../store'
import type { ClientFrame, Held } from '../types'
import { LINE_EVENTS } from './connection'
import type { Connection, ConnectionEvents, ConnectionPhase } from './connection'
import type { DirectConnection } from './direct'
import type { Transport } from './line'

/** What tabs of one browser have in common; tests bring their own. */
export interface TabSurroundings {
  locks: Pick<LockManager, 'request'>
  channel: (name: string) => BroadcastChannel
  /** False while the tab is in the background. */
  seen: () => boolean
}

/**
 * Tabs agree by Web Locks and talk by BroadcastChannel. A SharedWorker would be simpler, but Safari had none for
 * seven years and Android's WebView (WeChat, Alipay) has none to this day. null: this browser lacks either.
 */
export function tabsOfBrowser(): TabSurroundings | null {
  const locks = globalThis.navigator?.locks
  if (!locks || typeof BroadcastChannel === 'undefined' || typeof document === 'undefined') return null
  return {
    locks,
    channel: (name) => new BroadcastChannel(name),
    seen: () => document.visibilityState === 'visible',
  }
}

interface LineState {
  phase: ConnectionPhase
  transport: Transport | null
}

type TabWord =
  /** A tab that follows: what it holds, and is there still somebody who leads? */
  | { word: 'here'; tab: string; have: Held }
  | ({ word: 'state'; to: string | null } & LineState)
  | { word: 'heard'; name: string; event: unknown }
  | { word: 'frame'; frame: ClientFrame }
  | { word: 'wake' }
  | { word: 'drop' }
  | { word: 'gone'; tab: string }
  | OutboxWord

const HERE_EVERY_MS = 15_000
/** A leader that says nothing for so long while somebody looks at another tab is frozen: its line is taken over. */
const LEADER_ANSWERS_WITHIN_MS = 3_000
const FOLLOWER_IS_GONE_AFTER_MS = 180_000

/** One line for all tabs of a person: the tab that holds the lock has it, the others send and hear through that tab. */
export class SharedConnection implements Connection {
  readonly events = new Emitter<ConnectionEvents>()
  readonly phase = new Store<ConnectionPhase>('off')
  readonly transport = new Store<Transport | null>(null)
  readonly leading = new Store(false)
  private readonly tab = newId()
  private channel: BroadcastChannel | null = null
  private personId = ''
  private era = 0
  private release: (() => void) | null = null
  private queue: AbortController | null = null
  private beat: ReturnType<typeof setInterval> | null = null
  private answerTimer: ReturnType<typeof setTimeout> | null = null
  private have: () => Held = () => ({})
  private readonly followers = new Map<string, { have: Held; at: number }>()

  constructor(
    private readonly direct: DirectConnection,
    private readonly audience: string,
    private readonly tabs: TabSurroundings,
  ) {
    direct.holding(() => this.heldByAll())
    direct.phase.subscribe(() => this.passState())
    direct.transport.subscribe(() => this.passState())
    for (const name of LINE_EVENTS) direct.events.on(name, (event) => this.passEvent(name, event))
  }

  holding(have: () => Held): void {
    this.have = have
  }

  start(personId: string): void {
    if (this.phase.get() !== 'off') return
    this.personId = personId
    this.phase.set('connecting')
    this.channel = this.tabs.channel(this.name)
    this.channel.onmessage = (event: MessageEvent<TabWord>) => this.hear(event.data)
    this.beat = setInterval(() => this.sayHere(), HERE_EVERY_MS)
    this.sayHere()
    this.stand(false)
  }

  stop(): void {
    if (this.phase.get() === 'off') return
    this.era += 1
    this.post({ word: 'gone', tab: this.tab })
    if (this.beat) clearInterval(this.beat)
    this.forgetAnswer()
    this.yieldLine()
    this.queue?.abort()
    this.queue = null
    this.channel?.close()
    this.channel = null
    this.transport.set(null)
    this.phase.set('off')
  }

  wake(): void {
    if (this.leading.get()) this.direct.wake()
    else if (this.phase.get() !== 'off') {
      this.post({ word: 'wake' })
      this.sayHere()
    }
  }

  drop(): void {
    if (this.leading.get()) this.direct.drop()
    else this.post({ word: 'drop' })
  }

  send(frame: ClientFrame): boolean {
    if (this.leading.get()) return this.direct.send(frame)
    if (this.phase.get() !== 'online') return false
    this.post({ word: 'frame', frame })
    return true
  }

  tell(word: OutboxWord): void {
    this.post(word)
  }

  private get name(): string {
    return `yunzhen.line.1.${this.audience}.${this.personId}`
  }

  /** Waits for the lock; who has it leads, until the tab closes or somebody takes it over. */
  private stand(steal: boolean): void {
    const era = this.era
    this.queue?.abort()
    const queue = (this.queue = new AbortController())
    const options = steal ? { steal } : { signal: queue.signal }
    const lead = () => (era === this.era && queue === this.queue ? this.lead() : Promise.resolve())
    const mine = () => era === this.era && queue === this.queue
    this.tabs.locks.request(this.name, options, lead).then(
      () => undefined, // given back by stop()
      () => {
        // Taken over by another tab (or this wait was given up for another): stand in line again.
        if (!mine()) return
        this.yieldLine()
        this.stand(false)
      },
    )
  }

  private lead(): Promise<void> {
    this.forgetAnswer()
    const held = new Promise<void>((resolve) => (this.release = resolve))
    this.leading.set(true)
    this.direct.start()
    return held
  }

  private yieldLine(): void {
    this.followers.clear()
    if (this.leading.get()) {
      this.leading.set(false)
      this.direct.stop()
    }
    this.release?.()
    this.release = null
  }

  private hear(said: TabWord): void {
    if (said.word === 'outbox') this.events.emit('said', said)
    else if (this.leading.get()) this.hearFollower(said)
    else this.hearLeader(said)
  }

  private hearFollower(said: TabWord): void {
    if (said.word === 'here') {
      this.followers.set(said.tab, { have: said.have, at: Date.now() })
      this.post({ word: 'state', to: said.tab, ...this.state() })
    } else if (said.word === 'gone') this.followers.delete(said.tab)
    else if (said.word === 'frame') this.direct.send(said.frame)
    else if (said.word === 'wake') this.direct.wake()
    else if (said.word === 'drop') this.direct.drop()
  }

  private hearLeader(said: TabWord): void {
    if (said.word === 'heard') this.events.emit(said.name as keyof ConnectionEvents, said.event as never)
    if (said.word !== 'state') return
    this.forgetAnswer()
    const joins = said.to === this.tab && said.phase === 'online' && this.phase.get() !== 'online'
    this.transport.set(said.transport)
    this.phase.set(said.phase)
    // The line was open before this tab was: what it missed is to be read.
    if (joins) this.events.emit('online', { first: true, gap: true, behind: {} })
  }

  private passState(): void {
    if (!this.leading.get()) return
    const { phase, transport } = this.state()
    this.transport.set(transport)
    this.phase.set(phase)
    this.post({ word: 'state', to: null, phase, transport })
  }

  private passEvent<Name extends keyof ConnectionEvents>(name: Name, event: ConnectionEvents[Name]): void {
    if (!this.leading.get()) return
    this.events.emit(name, event)
    this.post({ word: 'heard', name, event })
  }

  private state(): LineState {
    const phase = this.direct.phase.get()
    return { phase: phase === 'off' ? 'connecting' : phase, transport: this.direct.transport.get() }
  }

  private sayHere(): void {
    if (this.leading.get() || this.phase.get() === 'off') return
    this.post({ word: 'here', tab: this.tab, have: this.have() })
    this.answerTimer ??= setTimeout(() => this.unanswered(), LEADER_ANSWERS_WITHIN_MS)
  }

  private unanswered(): void {
    this.answerTimer = null
    if (!this.leading.get() && this.phase.get() !== 'off' && this.tabs.seen()) this.stand(true)
  }

  /** The least of what any tab holds: a tab that fell behind is told so. */
  private heldByAll(): Held {
    const held = { ...this.have() }
    for (const [tab, follower] of this.followers) {
      if (Date.now() - follower.at > FOLLOWER_IS_GONE_AFTER_MS) this.followers.delete(tab)
      else for (const [id, seq] of Object.entries(follower.have)) held[id] = Math.min(held[id] ?? seq, seq)
    }
    return Object.fromEntries(Object.entries(held).slice(0, 50))
  }

  private forgetAnswer(): void {
    if (this.answerTimer) clearTimeout(this.answerTimer)
    this.answerTimer = null
  }

  private post(word: TabWord): void {
    this.channel?.postMessage(word)
  }
}
