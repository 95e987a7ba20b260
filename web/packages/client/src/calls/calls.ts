import type { Call, CallMedia, RelayPlace } from '../calling_routes'
import type { Connection } from '../connection/connection'
import { asApiError } from '../errors'
import type { ApiError } from '../errors'
import { newId } from '../ids'
import type { Api } from '../routes'
import { storageOf } from '../session'
import { Store } from '../store'
import { missedBy, newerOf, phaseOf } from './call'
import type { CallPhase } from './call'
import type { MediaSurroundings } from './leg'
import { measureNearness } from './nearness'
import type { Nearness } from './nearness'
import { Room } from './room'
import { Sources } from './sources'
import type { DevicesOfBrowser } from './sources'

/** `sources`: this device's microphone and camera, from before the call is answered; `room`: once media is on its way. */
export interface CallsView {
  call: Call | null
  phase: CallPhase | null
  sources: Sources | null
  room: Room | null
  /** Something that was pressed is under way. */
  busy: boolean
  error: ApiError | null
}

export interface CallsOptions {
  media?: Partial<MediaSurroundings>
  devices?: DevicesOfBrowser | null
  /** Of this tab alone: a reload goes on with the call. */
  storage?: Storage | null
  /** The present moment at the hospital, ms. */
  now?: () => number
}

interface Kept {
  id: string
  media: CallMedia
}

const ASK_EVERY_MS = 5_000
/** The hospital's clock is known to a second. */
const LOOK_AFTER_DUE_MS = 300
const DEVICE_KEY = 'yunzhen.call.device'
const HERE_KEY = 'yunzhen.call.here'
export const NO_CALL: CallsView = { call: null, phase: null, sources: null, room: null, busy: false, error: null }

/**
 * The calls of the signed-in person on this device: at most one at a time.
 *
 *     const calls = hospital.calls.get()!
 *     calls.view.subscribe(({ phase, call, room }) => draw(phase, call, room?.view.get()))
 *     await calls.start(conversationId, 'video')      // or, when phase is 'incoming': await calls.answer('video')
 *     await calls.hangUp()
 */
export class Calls {
  readonly view = new Store<CallsView>(NO_CALL)
  private readonly storage: Storage | null
  private readonly device: string
  private readonly media: MediaSurroundings
  private readonly devices: DevicesOfBrowser | null
  private here: Kept | null
  /** Hung up here, whatever the hospital still says of it. */
  private leaving: string | null = null
  private readonly rungFor = new Set<string>()
  private readonly turnedAway = new Set<string>()
  private readonly stops: (() => void)[]
  private readonly timer: ReturnType<typeof setInterval>
  /** When something of the call is over by itself: whoever looks then has it told to all. */
  private dueAt: string | null = null
  private dueTimer: ReturnType<typeof setTimeout> | undefined
  private readonly now: () => number
  /** Regions among which a call may choose, and how near they are: measured once for each call, before it is answered. */
  private places: readonly RelayPlace[] = []
  private nearness: Promise<Nearness> | null = null
  private closed = false

  constructor(
    private readonly api: Api,
    connection: Connection,
    private readonly personId: string,
    options: CallsOptions = {},
  ) {
    this.storage = options.storage === undefined ? storageOf(() => globalThis.sessionStorage) : options.storage
    this.devices = options.devices === undefined ? (globalThis.navigator?.mediaDevices ?? null) : options.devices
    this.media = {
      connect: (configuration) => new RTCPeerConnection(configuration),
      openWire: (url) => new WebSocket(url),
      now: () => Date.now(),
      ...options.media,
    }
    this.now = options.now ?? (() => Date.now())
    this.device = this.storage?.getItem(DEVICE_KEY) ?? newId()
    this.storage?.setItem(DEVICE_KEY, this.device)
    this.here = keptIn(this.storage)
    this.stops = [
      connection.events.on('call', ({ call }) => this.take(call)),
      connection.events.on('online', ({ gap, first }) => (gap || first) && void this.refresh()),
    ]
    this.timer = setInterval(() => void this.askAgain(), ASK_EVERY_MS)
  }

  /** Which calls there are by now; what cannot be asked now is asked at the next welcome of the line. */
  async refresh(): Promise<void> {
    try {
      const items = await this.refreshPlaces()
      const held = this.view.get().call
      if (held && !items.some(({ id }) => id === held.id)) await this.read(held.id)
      for (const call of items) this.take(call)
      if (!held && !items.some(({ id }) => id === this.here?.id)) this.keep(null)
    } catch {
      // No answer, or nobody who may call: there is nothing to show.
    }
  }

  /** Rings the others of the conversation. */
  async start(conversationId: string, media: CallMedia, people?: string[]): Promise<void> {
    await this.act(async () => {
      if (this.here) return
      this.nearness = null
      const near = await this.howNear()
      const call = await this.api.calling.start({ conversation_id: conversationId, media, near, ...(people ? { people } : {}) })
      this.keep({ id: call.id, media })
      this.take(call)
    })
  }

  /** One tap; the hospital refuses when another device of mine was first. */
  async answer(media: CallMedia): Promise<void> {
    await this.act(async () => {
      const { call } = this.view.get()
      if (!call) return
      this.openSources(media)
      const answered = await this.api.calling.answer(call.id, this.device, media, await this.howNear())
      this.keep({ id: call.id, media })
      this.take(answered)
    })
  }

  async decline(): Promise<void> {
    await this.act(async () => {
      const { call } = this.view.get()
      if (call) this.take(await this.api.calling.decline(call.id, 'declined'))
    })
  }

  /** Takes back, ends (of two), or leaves (of more). Here it is over even when the hospital cannot be reached. */
  async hangUp(): Promise<void> {
    await this.act(async () => {
      const { call, phase } = this.view.get()
      if (!call) return
      this.leaving = call.id
      this.closeMedia()
      try {
        this.take(await this.leave(call, phase))
      } finally {
        this.keep(null)
        this.tell({ phase: 'over' })
      }
    })
  }

  private leave({ id, members }: Call, phase: CallPhase | null): Promise<Call> {
    if (phase === 'ringing') return this.api.calling.cancel(id)
    return members.length > 2 ? this.api.calling.leave(id) : this.api.calling.end(id)
  }

  async invite(people: string[]): Promise<void> {
    await this.act(async () => {
      const { call } = this.view.get()
      if (call) this.take(await this.api.calling.invite(call.id, people))
    })
  }

  /** Has the others look at the picture or file in that message of the conversation; null: no more. */
  async showReport(seq: number | null): Promise<void> {
    await this.act(async () => {
      const { call } = this.view.get()
      if (call) this.take(await this.api.calling.show(call.id, seq))
    })
  }

  /** The end of a call was seen, or that another device of mine has it. */
  dismiss(): void {
    if (!isSettled(this.view.get().phase)) return
    this.closeMedia()
    this.view.set(NO_CALL)
    void this.refresh()
  }

  /** The browser says that the network is another one, or back. */
  networkChanged(): void {
    this.view.get().room?.networkChanged()
  }

  close(): void {
    this.closed = true
    clearInterval(this.timer)
    clearTimeout(this.dueTimer)
    for (const stop of this.stops) stop()
    this.closeMedia()
    this.view.set(NO_CALL)
  }

  // --- what the hospital says --------------------------------------------------------------------------------
  private take(told: Call): void {
    if (this.closed) return
    const { call: held } = this.view.get()
    const phase = this.phaseOf(told)
    if (held && held.id !== told.id && !isSettled(this.view.get().phase)) {
      if (phase === 'incoming') this.turnAway(told)
      return
    }
    // Mine may be over at its first word: all of them were in other calls.
    if (held?.id !== told.id && this.here?.id !== told.id && (phase === 'over' || phase === 'elsewhere')) return
    this.show(newerOf(held, told))
    this.lookWhenDue()
  }

  private show(call: Call): void {
    const phase = this.phaseOf(call)
    const before = this.view.get().phase
    if (phase === 'elsewhere' && (before === 'incoming' || before === 'elsewhere')) {
      this.closeMedia()
      return this.tell({ call, phase })
    }
    const unseen =
      before === null ? this.here?.id !== call.id : before === 'elsewhere' || (before === 'incoming' && !missedBy(call, this.personId))
    if (phase === 'elsewhere' || (phase === 'over' && unseen)) {
      // Settled by me, or by what I did on another device.
      this.closeMedia()
      this.view.set(NO_CALL)
      return
    }
    this.tell({ call, phase })
    if (phase === 'over') {
      this.closeMedia()
      this.keep(null)
    } else if (phase === 'incoming') this.ring(call)
    else if (this.leaving !== call.id) {
      this.openSources(this.here?.media ?? call.media)
      if (phase !== 'ringing') this.openRoom(call)
    }
  }

  private phaseOf(call: Call): CallPhase {
    return phaseOf(call, { personId: this.personId, here: this.here?.id === call.id })
  }

  private ring(call: Call): void {
    if (this.rungFor.has(call.id)) return
    this.rungFor.add(call.id)
    this.nearness = null
    void this.howNear()
    this.api.calling.ringing(call.id, this.device).catch(() => this.rungFor.delete(call.id)) // said again with the next frame
  }

  private howNear(): Promise<Nearness> {
    return (this.nearness ??= this.measure())
  }

  private async measure(): Promise<Nearness> {
    if (this.places.length === 0) return {}
    await this.refreshPlaces().catch(() => []) // relays come and go; those known before may do
    return measureNearness(this.places, this.media.openWire, this.media.now)
  }

  private async refreshPlaces(): Promise<Call[]> {
    const { items, places } = await this.api.calling.current()
    this.places = places
    return items
  }

  /** In a call already: the others hear so at once. */
  private turnAway(call: Call): void {
    if (!this.here || this.turnedAway.has(call.id)) return
    this.turnedAway.add(call.id)
    this.api.calling.decline(call.id, 'busy').catch(() => this.turnedAway.delete(call.id))
  }

  private lookWhenDue(): void {
    const dueAt = this.view.get().call?.due_at ?? null
    if (dueAt === this.dueAt) return
    this.dueAt = dueAt
    clearTimeout(this.dueTimer)
    if (dueAt === null) return
    const wait = Math.max(0, Date.parse(dueAt) - this.now()) + LOOK_AFTER_DUE_MS
    this.dueTimer = setTimeout(() => void this.askAgain(), wait)
  }

  /** A pushed frame may get lost. */
  private async askAgain(): Promise<void> {
    const { call, phase } = this.view.get()
    if (call && phase !== 'over') await this.read(call.id)
  }

  private async read(id: string): Promise<void> {
    try {
      this.take(await this.api.calling.call(id))
    } catch {
      // Asked again in a moment.
    }
  }

  // --- media -------------------------------------------------------------------------------------------------
  private openSources(media: CallMedia): void {
    if (this.view.get().sources) return
    const sources = new Sources(this.devices)
    this.tell({ sources })
    void sources.open({ camera: media === 'video' })
  }

  private openRoom(call: Call): void {
    const { room, sources } = this.view.get()
    if (room) return room.followTo(call.node)
    if (!sources) return
    const opened = new Room({
      join: async (lostNode) => {
        const join = await this.api.calling.join(call.id, this.device, lostNode)
        this.take(join.call)
        return join
      },
      report: (samples) => this.api.calling.addSamples(call.id, samples),
      sources,
      media: this.media,
    })
    this.tell({ room: opened })
    opened.view.subscribe(({ phase, problem }) => phase === 'closed' && this.roomClosed(opened, problem))
  }

  /** Another tab of mine has taken the call over, or media came through no more. */
  private roomClosed(room: Room, problem: string | null): void {
    if (this.view.get().room !== room) return
    if (problem === 'replaced') {
      this.keep(null)
      this.closeMedia()
      this.view.set(NO_CALL)
    } else void this.askAgain()
  }

  private closeMedia(): void {
    const { room, sources } = this.view.get()
    this.tell({ room: null, sources: null })
    room?.close()
    sources?.close()
  }

  private keep(here: Kept | null): void {
    this.here = here
    if (here) this.storage?.setItem(HERE_KEY, JSON.stringify(here))
    else this.storage?.removeItem(HERE_KEY)
  }

  /** One thing at a time; why it did not work stands in the view. */
  private async act(todo: () => Promise<void>): Promise<void> {
    if (this.view.get().busy) return
    this.tell({ busy: true, error: null })
    try {
      await todo()
    } catch (reason) {
      this.tell({ error: asApiError(reason) })
      if (!this.here) this.closeMedia() // it was not answered after all
      await this.askAgain()
    } finally {
      this.tell({ busy: false })
    }
  }

  private tell(change: Partial<CallsView>): void {
    this.view.update((view) => ({ ...view, ...change }))
  }
}

/** Nothing is left to do about it here. */
function isSettled(phase: CallPhase | null): boolean {
  return phase === 'over' || phase === 'elsewhere'
}

function keptIn(storage: Storage | null): Kept | null {
  try {
    const kept = JSON.parse(storage?.getItem(HERE_KEY) ?? 'null') as Partial<Kept> | null
    return typeof kept?.id === 'string' ? { id: kept.id, media: kept.media === 'audio' ? 'audio' : 'video' } : null
  } catch {
    return null
  }
}
