import type { CallJoin } from '../src/calling_routes'
import type { FromRelay, Offer, RelayTrack, ToRelay } from '../src/calls/protocol'
import type { DevicesOfBrowser } from '../src/calls/sources'
import type { Wire } from '../src/connection/socket_line'
import { aCall } from './fake_calling'

/** Relays of a small fleet, and the browser's side of the media that goes to them. */
export class FakeFleet {
  readonly wires: RelayWire[] = []
  readonly connections: FakeConnection[] = []
  /** Nodes from which nothing comes any more. */
  readonly dead = new Set<string>()
  /** The network lets no media through. */
  noMedia = false
  /** Where rooms are. */
  home = 'one'
  tracks: RelayTrack[] = []
  refuseHello: string | null = null
  joins = 0
  lostNodes: (string | undefined)[] = []

  join = async (lostNode?: string): Promise<CallJoin> => {
    this.joins += 1
    this.lostNodes.push(lostNode)
    const node = this.dead.has(this.home) ? 'two' : this.home
    return {
      grant: `head.${btoa(JSON.stringify({ node }))}.sign`,
      control_url: `wss://${node}/v1/control`,
      ice_servers: [{ urls: ['turn:turn.test'], username: 'u', credential: 'c' }],
      expires_at: '2026-01-01T00:01:00Z',
      call: aCall(),
    }
  }

  openWire = (url: string): Wire => {
    const wire = new RelayWire(this, new URL(url).hostname)
    this.wires.push(wire)
    return wire
  }

  connect = (configuration: RTCConfiguration): RTCPeerConnection => {
    const node = this.wires.at(-1)?.node ?? 'one'
    const connection = new FakeConnection(this, node, configuration)
    this.connections.push(connection)
    return connection as unknown as RTCPeerConnection
  }

  /** The line that speaks with the relay just now. */
  get line(): RelayWire {
    return this.wires.filter(({ closed }) => !closed).at(-1)!
  }

  get connection(): FakeConnection {
    return this.connections.at(-1)!
  }

  comes(node: string): boolean {
    return !this.noMedia && !this.dead.has(node)
  }
}

export class RelayWire implements Wire {
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  closed = false
  readonly said: ToRelay[] = []

  constructor(
    private readonly fleet: FakeFleet,
    readonly node: string,
  ) {
    queueMicrotask(() => this.onopen?.({} as never))
  }

  offers(): Offer[] {
    return this.said.filter((one) => one.type === 'offer')
  }

  send(text: string): void {
    const said = JSON.parse(text) as ToRelay
    this.said.push(said)
    if (this.fleet.dead.has(this.node)) return
    if (said.type === 'ping') this.hear({ type: 'pong' })
    else if (said.type === 'hello') this.welcome('resume' in said)
    else if (said.type === 'offer') this.hear({ type: 'answer', number: said.number, sdp: ANSWER })
  }

  hear(said: FromRelay): void {
    this.onmessage?.({ data: JSON.stringify(said) } as never)
  }

  /** The line breaks; media goes on. */
  cut(): void {
    this.closed = true
    this.onclose?.({} as never)
  }

  close(): void {
    this.closed = true
  }

  /** One person has one session in a room. */
  private replaceOlder(): void {
    for (const wire of this.fleet.wires) {
      if (wire !== this && wire.node === this.node && !wire.closed) wire.hear({ type: 'bye', reason: 'replaced' })
    }
  }

  private welcome(resumed: boolean): void {
    if (!resumed) this.replaceOlder()
    if (this.fleet.refuseHello) return this.hear({ type: 'refused', code: this.fleet.refuseHello })
    this.hear({
      type: 'welcome',
      v: 1,
      node: this.node,
      session: `ses_${this.node}`,
      secret: 's',
      resumed,
      person_id: 'per_1',
      participants: [
        { person_id: 'per_1', name: '张三' },
        { person_id: 'per_2', name: '李医生' },
      ],
      tracks: this.fleet.tracks,
    })
  }
}

const ANSWER = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n'
const OFFER = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n'

export class FakeConnection {
  readonly transceivers: FakeTransceiver[] = []
  signalingState = 'stable'
  closed = false
  restarts = 0
  remote = ''
  local = ''
  packets = 0
  rows: Record<string, unknown>[] = []

  constructor(
    private readonly fleet: FakeFleet,
    private readonly node: string,
    readonly configuration: RTCConfiguration,
  ) {}

  addTransceiver(what: FakeTrack | string, init: RTCRtpTransceiverInit = {}): FakeTransceiver {
    const made = new FakeTransceiver(what, init)
    this.transceivers.push(made)
    return made
  }

  async createOffer(): Promise<{ sdp: string }> {
    return { sdp: OFFER }
  }

  async setLocalDescription({ type, sdp = '' }: { type: string; sdp?: string }): Promise<void> {
    this.signalingState = type === 'rollback' ? 'stable' : 'have-local-offer'
    this.local = sdp
    this.transceivers.forEach((one, index) => (one.mid ??= String(index)))
  }

  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.signalingState = 'stable'
    this.remote = sdp
  }

  async getStats(): Promise<Map<string, Record<string, unknown>>> {
    if (this.remote && this.fleet.comes(this.node)) this.packets += 3
    const rows = [{ type: 'transport', packetsReceived: this.packets }, ...this.rows]
    return new Map(rows.map((row, index) => [String(index), row]))
  }

  restartIce(): void {
    this.restarts += 1
  }

  close(): void {
    this.closed = true
  }
}

class FakeTransceiver {
  mid: string | null = null
  readonly receiver: { track: FakeTrack }
  readonly sender: { track: FakeTrack | null } & Record<string, unknown>
  encodings: RTCRtpEncodingParameters[]

  constructor(what: FakeTrack | string, init: RTCRtpTransceiverInit) {
    const kind = typeof what === 'string' ? what : what.kind
    this.encodings = structuredClone(init.sendEncodings ?? [])
    this.receiver = { track: new FakeTrack(kind) }
    this.sender = {
      track: typeof what === 'string' ? null : what,
      replaceTrack: async (track: FakeTrack | null) => void (this.sender.track = track),
      getParameters: () => ({ encodings: this.encodings }),
      setParameters: async ({ encodings }: { encodings: RTCRtpEncodingParameters[] }) => void (this.encodings = encodings),
    }
  }
}

export class FakeTrack {
  enabled = true
  readyState = 'live'
  contentHint = ''
  private readonly listeners = new Set<() => void>()

  constructor(
    readonly kind: string,
    readonly constraints: MediaTrackConstraints = {},
  ) {}

  getSettings(): MediaTrackSettings {
    return { height: this.kind === 'video' ? 720 : undefined } as MediaTrackSettings
  }

  addEventListener(_: string, listener: () => void): void {
    this.listeners.add(listener)
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** The system takes it away. */
  fall(): void {
    this.readyState = 'ended'
    for (const listener of this.listeners) listener()
  }
}

/** A microphone, a camera and a screen, each of which the system may refuse. */
export class FakeDevices {
  readonly given: FakeTrack[] = []
  readonly refused: Partial<Record<'audio' | 'video' | 'screen', string>> = {}
  listed: Partial<MediaDeviceInfo>[] = [{ deviceId: 'd1', kind: 'audioinput', label: '麦克风' }]
  private changed: () => void = () => undefined

  getUserMedia = async (asked: MediaStreamConstraints) => this.give(asked.audio ? 'audio' : 'video', asked)
  getDisplayMedia = async (asked: DisplayMediaStreamOptions) => this.give('screen', asked as MediaStreamConstraints)
  enumerateDevices = async () => this.listed as MediaDeviceInfo[]
  addEventListener = (_: string, listener: () => void) => void (this.changed = listener)
  removeEventListener = () => undefined

  get asBrowser(): DevicesOfBrowser {
    return this as unknown as DevicesOfBrowser
  }

  plug(device: Partial<MediaDeviceInfo>): void {
    this.listed = [...this.listed, device]
    this.changed()
  }

  private give(what: 'audio' | 'video' | 'screen', asked: MediaStreamConstraints): MediaStream {
    const no = this.refused[what]
    if (no) throw Object.assign(new Error(no), { name: no })
    const track = new FakeTrack(what === 'audio' ? 'audio' : 'video', (asked.audio || asked.video) as MediaTrackConstraints)
    this.given.push(track)
    return { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream
  }
}
