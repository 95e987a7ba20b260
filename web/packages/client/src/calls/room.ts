import { asApiError } from '../errors'
import type { ApiError } from '../errors'
import type { CallJoin, CallSample } from '../calling_routes'
import { Store } from '../store'
import { follow, LIMITS, UNDEGRADED } from './degradation'
import type { CallLevel, Degradation } from './degradation'
import { Leg, SOURCES } from './leg'
import type { MediaSurroundings } from './leg'
import type { OwnQuality, Source } from './protocol'
import type { OwnSources, Sources } from './sources'
import { counted, sampleBetween } from './statistics'
import type { Counted } from './statistics'
import type { StatRow } from './watch'

/** Something that somebody sends. `track`: none until it is on the way; `muted`: they turned it off. */
export interface Heard {
  id: string
  track: MediaStreamTrack | null
  muted: boolean
  /** A camera that sends detail rather than motion. */
  clear: boolean
}

export interface RoomPerson {
  person_id: string
  name: string
  /** 0 (nothing comes through) … 5; null: not known yet. */
  quality: number | null
  speaking: boolean
  microphone: Heard | null
  camera: Heard | null
  screen: Heard | null
}

/** `again`: media stopped, another way is looked for. `closed`: no more media; `problem` says why. */
export interface RoomView {
  phase: 'joining' | 'open' | 'again' | 'closed'
  people: readonly RoomPerson[]
  quality: number | null
  /** How loud I am, 0 … 1. */
  loudness: number
  level: CallLevel
  audioOnly: boolean
  network: OwnQuality | null
  /** Who asked for detail of my camera, while it sends that; null: nobody. */
  clearFor: string | null
  problem: string | null
}

export interface RoomOptions {
  join: (lostNode?: string) => Promise<CallJoin>
  report: (samples: CallSample[]) => Promise<unknown>
  sources: Sources
  media: MediaSurroundings
  audioOnly?: boolean
}

const LOOK_EVERY_MS = 500
const SAMPLE_EVERY_MS = 5_000
const SAMPLES_AT_ONCE = 3
const OPENS_WITHIN_MS = 4_000
const FLOWS_WITHIN_MS = 4_000
const TRY_AGAIN_AFTER_MS = 1_000
/** The hospital ends a call that nobody's media reaches after 30 s. */
const GIVE_UP_AFTER_MS = 45_000
const SPEAKS_ABOVE = 0.02
/** Reasons of a `bye` after which nobody comes back. */
const FINAL = ['replaced', 'removed', 'closed', 'bye']
export const MEDIA_LOST = 'call.media_lost'

export const NOBODY: RoomView = {
  phase: 'joining',
  people: [],
  quality: null,
  loudness: 0,
  level: 'full',
  audioOnly: false,
  network: null,
  clearFor: null,
  problem: null,
}

/** The media of one call on this device, whichever relay carries it just now. */
export class Room {
  readonly view: Store<RoomView>
  readonly sources: Sources
  private leg: Leg | null = null
  private coming: Leg | null = null
  private renewing = false
  private degradation: Degradation = UNDEGRADED
  private qualities: Record<string, number> = {}
  private speaking = new Set<string>()
  private readonly heights = new Map<string, number>()
  private before: Counted | null = null
  private samples: CallSample[] = []
  private setUpMs: number | null = null
  private setUpTold = false
  private readonly began: number
  /** When media was known to flow last. */
  private troubleSince: number
  private looking = false
  private readonly timer: ReturnType<typeof setInterval>
  private readonly stopFollowing: () => void

  constructor(private readonly options: RoomOptions) {
    this.sources = options.sources
    this.view = new Store({ ...NOBODY, audioOnly: options.audioOnly ?? false })
    this.began = this.troubleSince = options.media.now()
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
    this.stopFollowing = this.sources.view.subscribe(() => this.sendOwn())
    void this.renew('joining')
  }

  /** How large somebody's picture is shown, px of height; 0: not at all. */
  want(personId: string, source: 'camera' | 'screen', height: number): void {
    this.heights.set(`${personId} ${source}`, height)
    this.wantAll()
  }

  /** Asks somebody's camera for detail, or for the usual picture again; what came of it stands in `Heard.clear`. */
  askClear(personId: string, clear: boolean): void {
    const camera = this.leg?.tracks.find((track) => track.person_id === personId && track.source === 'camera')
    if (camera) this.leg?.ask(camera.id, clear)
  }

  /** No pictures either way; sound goes on. */
  setAudioOnly(on: boolean): void {
    this.tell({ audioOnly: on })
    if (on) this.sources.turnOff('camera')
    this.wantAll()
  }

  /** The browser says that the network is another one, or back. */
  networkChanged(): void {
    this.leg?.restartIce()
  }

  /** The room is at another relay by now: everybody comes after it. */
  followTo(node: string): void {
    if (node && this.leg && !this.leg.over && node !== this.leg.node) void this.renew('moving')
  }

  close(problem: string | null = null): void {
    if (this.view.get().phase === 'closed') return
    clearInterval(this.timer)
    this.stopFollowing()
    this.tell({ phase: 'closed', problem, people: [] })
    this.coming?.close()
    this.leg?.close()
    this.sources.close()
    this.hand()
  }

  private get closed(): boolean {
    return this.view.get().phase === 'closed'
  }

  // --- getting in, and in again ------------------------------------------------------------------------------
  /** `moving`: the old leg stays until the new one flows. */
  private async renew(why: 'joining' | 'dead' | 'moving', lostNode?: string): Promise<void> {
    if (this.renewing || this.closed) return
    this.renewing = true
    if (why === 'dead') this.tell({ phase: 'again' })
    let lost = lostNode
    while (!this.closed && !(why === 'dead' && (await this.recovered()))) {
      const next = await this.tryOnce(lost)
      if (next === 'over') break
      if (next && (why !== 'moving' || (await this.flowing(next)))) {
        this.take(next)
        break
      }
      next?.close()
      if (this.coming) lost = this.coming.node || lost
      await this.pause(TRY_AGAIN_AFTER_MS)
    }
    this.coming = null
    this.renewing = false
  }

  private async tryOnce(lostNode?: string): Promise<Leg | 'over' | null> {
    let join: CallJoin
    try {
      join = await this.options.join(lostNode)
    } catch (reason) {
      const error = asApiError(reason)
      if (!isFinal(error)) return null
      this.close(error.code)
      return 'over'
    }
    if (this.closed) return 'over'
    const leg: Leg = new Leg(join, this.options.media, {
      begun: () => this.sendAll(leg),
      changed: () => leg === this.leg && this.draw(),
      asked: (personId, clear) => leg === this.leg && this.sharpenFor(personId, clear),
      quality: (people, you) => leg === this.leg && this.judge(people, you),
      move: () => leg === this.leg && void this.renew('moving', leg.node),
      lost: (code) => this.legLost(leg, code),
    })
    this.coming = leg
    const opened = await Promise.race([leg.opened, this.pause(OPENS_WITHIN_MS).then(() => false)])
    if (opened) return leg
    leg.close()
    return null
  }

  private take(leg: Leg): void {
    const old = this.leg
    this.leg = leg
    old?.close()
    this.before = null
    this.tell({ phase: leg.flows ? 'open' : this.view.get().phase })
    this.sendOwn()
    this.applyLevel()
    this.draw()
  }

  private legLost(leg: Leg, code: string): void {
    if (leg !== this.leg) return
    // One person has one session in a room: what replaced this one may be the next leg of this very device.
    if (code === 'replaced' && this.coming !== null && this.coming !== leg) return
    if (FINAL.includes(code)) return this.close(code)
    void this.renew('dead', leg.node)
  }

  private async flowing(leg: Leg): Promise<boolean> {
    for (let waited = 0; waited < FLOWS_WITHIN_MS && !leg.flows; waited += LOOK_EVERY_MS) {
      await this.pause(LOOK_EVERY_MS)
      await leg.look()
    }
    return leg.flows
  }

  /** The old way is good again before there was another. */
  private async recovered(): Promise<boolean> {
    if (!this.leg?.flows || this.leg.over) return false
    return (await this.leg.look()).verdict === 'well' && this.view.get().phase === 'open'
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }

  // --- looking -----------------------------------------------------------------------------------------------
  private async look(): Promise<void> {
    const leg = this.leg
    if (this.options.media.now() - this.troubleSince > GIVE_UP_AFTER_MS) return this.close(MEDIA_LOST)
    if (!leg || leg.over || this.looking) return
    this.looking = true
    try {
      const { rows, verdict } = await leg.look()
      if (leg !== this.leg || this.closed) return
      if (verdict === 'dead' || verdict === 'rejoin') {
        this.tell({ phase: 'again' })
        void this.renew('dead', leg.node)
      } else if (verdict === 'restart_ice' || verdict === 'mending') this.tell({ phase: 'again' })
      else if (leg.flows) this.tell({ phase: 'open' })
      if (this.view.get().phase === 'open') this.troubleSince = this.options.media.now()
      this.listen(leg, rows)
      this.sample(rows)
    } finally {
      this.looking = false
    }
  }

  private listen(leg: Leg, rows: StatRow[]): void {
    const speaking = new Set<string>()
    let loudness = 0
    for (const row of rows) {
      const heard = typeof row['audioLevel'] === 'number' ? row['audioLevel'] : 0
      if (row['type'] === 'media-source') loudness = Math.max(loudness, heard)
      const from = row['type'] === 'inbound-rtp' && heard > SPEAKS_ABOVE ? leg.trackAt(String(row['mid'])) : null
      if (from) speaking.add(from.person_id)
    }
    if (Math.abs(loudness - this.view.get().loudness) > 0.01) this.tell({ loudness })
    if ([...speaking].sort().join() === [...this.speaking].sort().join()) return
    this.speaking = speaking
    this.draw()
  }

  private sample(rows: StatRow[]): void {
    const now = this.options.media.now()
    if (rows.length === 0 || (this.before && now - this.before.at < SAMPLE_EVERY_MS)) return
    const after = counted(rows, now)
    if (this.setUpMs === null && after.got > 0) this.setUpMs = now - this.began
    const sample = this.before && sampleBetween(this.before, after)
    this.before = after
    if (!sample) return
    const told = this.setUpMs !== null && !this.setUpTold
    this.samples.push(told ? { ...sample, set_up_ms: this.setUpMs ?? 0 } : sample)
    this.setUpTold ||= told
    if (this.samples.length >= SAMPLES_AT_ONCE) this.hand()
  }

  private hand(): void {
    const samples = this.samples
    this.samples = []
    if (samples.length === 0) return
    void this.options.report(samples).catch(() => undefined) // figures, not the call
  }

  // --- what goes out -----------------------------------------------------------------------------------------
  /** A doctor looks closely: the camera that is on follows, its owner is told and can turn it back. */
  private sharpenFor(personId: string, clear: boolean): void {
    if (this.sources.view.get().sharp !== clear) void this.sources.sharpen(clear)
    this.tell({ clearFor: clear ? personId : null })
  }

  private sendOwn(): void {
    if (!this.sources.view.get().sharp) this.tell({ clearFor: null })
    if (this.leg) this.sendAll(this.leg)
    this.applyLevel()
  }

  private sendAll(leg: Leg): void {
    for (const [source, track] of this.sent(this.sources.view.get())) leg.send(source, track)
  }

  private sent(own: OwnSources): [Source, MediaStreamTrack | null][] {
    const pictures = LIMITS[this.degradation.level].cameraHeight > 0
    return SOURCES.map((source) => {
      const track = own.tracks[source]
      const goes = track?.enabled === true && (source !== 'camera' || pictures)
      return [source, goes ? track : null]
    })
  }

  private judge(people: Record<string, number>, network: OwnQuality): void {
    this.qualities = people
    this.degradation = follow(this.degradation, network.advice, this.options.media.now())
    const changed = this.degradation.level !== this.view.get().level
    const quality = people[this.leg?.personId ?? ''] ?? null
    this.tell({ network, quality, level: this.degradation.level })
    if (changed) {
      this.sendOwn()
      this.wantAll()
    }
    this.draw()
  }

  private applyLevel(): void {
    const { cameraHeight, microphoneBps } = LIMITS[this.degradation.level]
    this.leg?.limit(cameraHeight, this.sources.view.get().heartSounds ? LIMITS.full.microphoneBps : microphoneBps)
  }

  private wantAll(): void {
    const { level, audioOnly } = this.view.get()
    const most = audioOnly ? 0 : LIMITS[level].othersHeight
    for (const { told } of this.leg?.received() ?? []) {
      if (told.kind !== 'video') continue
      const tile = this.heights.get(`${told.person_id} ${told.source}`) ?? LIMITS.full.othersHeight
      // Detail was asked for to be looked at closely, however small the tile.
      const shown = told.clear && tile > 0 ? Math.max(tile, LIMITS.full.othersHeight) : tile
      // A shared screen is there to be read: it stays whole until there are no pictures at all.
      this.leg?.want(told.id, told.source === 'screen' && most > 0 ? LIMITS.full.othersHeight * 2 : Math.min(most, shown))
    }
  }

  // --- what is seen ------------------------------------------------------------------------------------------
  private draw(): void {
    const leg = this.leg
    if (!leg || this.closed) return
    const received = leg.received()
    const heard = (personId: string, source: Source): Heard | null => {
      const told = leg.tracks.find((track) => track.person_id === personId && track.source === source)
      if (!told) return null
      return { id: told.id, muted: told.muted, clear: told.clear === true, track: received.find((one) => one.told.id === told.id)?.track ?? null }
    }
    const people = leg.participants
      .filter(({ person_id }) => person_id !== leg.personId)
      .map(({ person_id, name }) => ({
        person_id,
        name,
        quality: this.qualities[person_id] ?? null,
        speaking: this.speaking.has(person_id),
        microphone: heard(person_id, 'microphone'),
        camera: heard(person_id, 'camera'),
        screen: heard(person_id, 'screen'),
      }))
    this.tell({ people })
    this.wantAll()
  }

  private tell(change: Partial<RoomView>): void {
    const view = this.view.get()
    const same = (Object.keys(change) as (keyof RoomView)[]).every((name) => Object.is(view[name], change[name]))
    if (!same) this.view.set({ ...view, ...change })
  }
}

/** The hospital's no, rather than a network without an answer or a hospital out of breath. */
function isFinal(error: ApiError): boolean {
  return [401, 403, 404, 409, 410, 422].includes(error.status)
}
