import type { OpenWire } from '../connection/socket_line'
import type { CallJoin } from '../calling_routes'
import { ControlLine } from './control'
import { Peer } from './peer'
import type { FromRelay, OwnQuality, Participant, RelayTrack, Source, Welcome } from './protocol'
import { suited, WHOLE } from './suited'
import { judged, packetsIn, watched, watchFrom } from './watch'
import type { StatRow, Verdict, Watched } from './watch'

export const SOURCES: readonly Source[] = ['microphone', 'camera', 'screen']

/** What a call needs of its browser; tests bring their own. */
export interface MediaSurroundings {
  connect: (configuration: RTCConfiguration) => RTCPeerConnection
  openWire: OpenWire
  now: () => number
}

export interface LegEvents {
  /** Ready to send; what is sent now goes with the first offer. */
  begun: () => void
  /** Who is there, what they send, or what comes of it has changed. */
  changed: () => void
  quality: (people: Record<string, number>, you: OwnQuality) => void
  /** Somebody wants my camera for its detail, or as usual. */
  asked: (personId: string, clear: boolean) => void
  /** The relay asks to be left for another. */
  move: () => void
  lost: (code: string) => void
}

/** One session with one relay: its control line and its connection. It never comes back. */
export class Leg {
  node: string
  participants: Participant[] = []
  tracks: RelayTrack[] = []
  personId = ''
  /** Media has come from the relay. */
  flows = false
  readonly opened: Promise<boolean>
  private readonly control: ControlLine
  private peer: Peer | null = null
  private watch: Watched
  /** Closed, by whichever side. */
  over = false
  private settle: (opened: boolean) => void = () => undefined
  private readonly own = new Map<Source, MediaStreamTrack | null>()
  private readonly muted = new Map<Source, boolean>()
  private readonly wants = new Map<string, number>()
  /** Tracks that the relay knows to be wanted by this session: before that it would not understand a height. */
  private taken = new Set<string>()
  private line = WHOLE

  constructor(
    private readonly join: CallJoin,
    private readonly media: MediaSurroundings,
    private readonly events: LegEvents,
  ) {
    this.node = nodeOf(join.grant)
    this.watch = watchFrom(media.now())
    this.opened = new Promise((resolve) => (this.settle = resolve))
    this.control = new ControlLine(join.control_url, join.grant, media.openWire, media.now, {
      welcome: (welcome) => this.welcomed(welcome),
      heard: (said) => this.hear(said),
      lost: (code) => this.lost(code),
    })
  }

  /** Sends the track in place of the source's last one; null: the others are told that it is off. */
  send(source: Source, track: MediaStreamTrack | null): void {
    const known = this.own.has(source) || source !== 'microphone'
    if (!this.peer || (known && (this.own.get(source) ?? null) === track)) return
    this.own.set(source, track)
    this.peer.publish(source, track)
    if (source !== 'screen') this.tellMuted(source, track === null)
  }

  /** The largest height that is looked at; 0: none. */
  want(track: string, height: number): void {
    if (this.wants.get(track) === height) return
    this.wants.set(track, height)
    if (this.taken.has(track)) this.control.send({ type: 'want', track, height })
  }

  /** Whose camera that is may send detail, or not. */
  ask(track: string, clear: boolean): void {
    this.control.send({ type: 'ask', track, clear })
  }

  limit(cameraHeight: number, microphoneBps: number): void {
    this.peer?.limit(cameraHeight, microphoneBps)
  }

  received(): { told: RelayTrack; track: MediaStreamTrack }[] {
    return this.peer?.received() ?? []
  }

  trackAt(mid: string): RelayTrack | null {
    return this.peer?.trackAt(mid) ?? null
  }

  /** Counts, judges, mends what it can by itself; the rest is for the room. */
  async look(): Promise<{ rows: StatRow[]; verdict: Verdict }> {
    const rows = this.peer && !this.over ? await this.peer.stats().catch(() => []) : []
    const at = this.media.now()
    const packets = rows.length > 0 ? packetsIn(rows) : (this.watch.packets ?? 0)
    this.watch = watched(this.watch, packets, this.control.heardAt, at)
    this.flows ||= this.watch.packets !== null
    const verdict = this.over ? 'well' : judged(this.watch, at)
    if (verdict === 'restart_ice') this.restartIce()
    else if (verdict === 'reopen_control') this.control.reopen()
    return { rows, verdict }
  }

  /** The network is another one, or media stopped: the browser looks for a way to the relay again. */
  restartIce(): void {
    this.watch = { ...this.watch, restartedAt: this.media.now() }
    this.peer?.restartIce()
  }

  close(): void {
    if (this.over) return
    this.over = true
    this.control.close('bye')
    this.peer?.close()
    this.settle(false)
  }

  private welcomed(welcome: Welcome): void {
    this.personId = welcome.person_id
    this.node = welcome.node
    this.participants = welcome.participants
    this.tracks = welcome.tracks
    if (welcome.resumed && this.peer) this.tellAgain()
    else this.begin()
    this.settle(true)
    this.follow()
  }

  private begin(): void {
    const iceServers = this.join.ice_servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username ? { username } : {}),
      ...(credential ? { credential } : {}),
    }))
    const connection = this.media.connect({ iceServers, bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' })
    this.peer = new Peer(connection, {
      offer: (offer) => this.control.send({ type: 'offer', ...offer }),
      changed: () => this.events.changed(),
    })
    this.events.begun()
  }

  /** What was said while the line was down may be lost. */
  private tellAgain(): void {
    this.tellAllMuted()
    for (const [track, height] of this.wants) this.control.send({ type: 'want', track, height })
    this.peer?.offerAgain()
  }

  /** What was not published or subscribed before could not be muted, nor wanted at a height. */
  private settled(): void {
    this.tellAllMuted()
    const before = this.taken
    this.taken = new Set(this.received().map(({ told }) => told.id))
    for (const [track, height] of this.wants) {
      if (this.taken.has(track) && !before.has(track)) this.control.send({ type: 'want', track, height })
    }
  }

  private tellAllMuted(): void {
    for (const [source, muted] of this.muted) if (muted) this.control.send({ type: 'mute', source, muted })
  }

  private tellMuted(source: Source, muted: boolean): void {
    if ((this.muted.get(source) ?? false) === muted) return
    this.muted.set(source, muted)
    this.control.send({ type: 'mute', source, muted })
  }

  private hear(said: FromRelay): void {
    if (said.type === 'answer') {
      void this.peer?.answered(said.number, said.sdp)
      this.settled()
    } else if (said.type === 'tracks') {
      this.tracks = said.tracks
      this.follow()
    } else if (said.type === 'participants') {
      this.participants = said.participants
      this.events.changed()
    } else if (said.type === 'quality') {
      this.line = suited(this.line, said.you)
      this.peer?.suit(this.line)
      this.events.quality(said.people, said.you)
    } else if (said.type === 'asked') this.events.asked(said.person_id, said.clear)
    else if (said.type === 'move') this.events.move()
    else if (said.type === 'refused' && typeof said.number === 'number') void this.peer?.refused(said.number)
  }

  private follow(): void {
    const others = this.tracks.filter((track) => track.person_id !== this.personId)
    for (const id of this.wants.keys()) if (!others.some((track) => track.id === id)) this.wants.delete(id)
    this.peer?.subscribe(others)
    this.events.changed()
  }

  private lost(code: string): void {
    if (this.over) return
    this.close()
    this.events.lost(code)
  }
}

/** The relay that a grant is for: a claim of its middle part. '' when it cannot be read. */
function nodeOf(grant: string): string {
  try {
    const claims = grant.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? ''
    const { node } = JSON.parse(atob(claims)) as { node?: unknown }
    return typeof node === 'string' ? node : ''
  } catch {
    return ''
  }
}
