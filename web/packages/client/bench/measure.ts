import type { ControlEvents } from '../src/calls/control'
import { ControlLine } from '../src/calls/control'
import { Peer } from '../src/calls/peer'
import type { FromRelay } from '../src/calls/protocol'
import { suited, WHOLE } from '../src/calls/suited'
import type { StatRow } from '../src/calls/watch'
import { drawTime, heightOfCode, readTime, since } from './time_code'

/** One measurement: what is sent, for how long, and how long the receiver may keep pictures back. */
export interface Wanted {
  controlUrl: string
  /** UDP port at which media reaches the relay, in place of the one that it announces. */
  mediaPort: number
  sender: string
  receiver: string
  width: number
  height: number
  picturesPerSecond: number
  /** Of the measurement proper; it begins when pictures have come for `settleSeconds`. */
  seconds: number
  settleSeconds: number
  /** How long media may be kept back at most, ms; null: as long as it helps. */
  mostHeldMs: number | null
  /** How long connecting may take. */
  connectSeconds: number
}

/** Times in ms, shares of 1. `latencies` sorted. */
export interface Measured {
  connectMs: number | null
  latencies: number[]
  pictures: number
  unreadable: number
  seconds: number
  freezes: number
  frozenMs: number
  concealed: number
  width: number
  height: number
  sentBps: number
  limitedBy: string
  roundTripUpMs: number | null
  roundTripDownMs: number | null
  /** How long the receiver was told to keep media back at the end. */
  heldMs: number
  refused: string | null
}

/** A gap longer than this is a freeze, as webrtc-stats counts them: three times the usual gap, or 150 ms above it. */
const FREEZE_FACTOR = 3
const FREEZE_ABOVE_MS = 150

class Side {
  readonly connection = new RTCPeerConnection({ iceServers: [] })
  readonly peer: Peer
  refused: string | null = null
  private readonly control: ControlLine

  constructor(
    private readonly wanted: Wanted,
    grant: string,
    private readonly begin: (side: Side) => void,
  ) {
    this.peer = new Peer(this.connection, {
      offer: (offer) => this.control.send({ type: 'offer', ...offer }),
      changed: () => undefined,
    })
    const events: ControlEvents = {
      welcome: (welcome) => {
        if (welcome.resumed) return
        this.personId = welcome.person_id
        this.begin(this)
        this.heard({ type: 'tracks', tracks: welcome.tracks })
      },
      heard: (said) => this.heard(said),
      lost: (code) => (this.refused = code),
    }
    this.control = new ControlLine(wanted.controlUrl, grant, (url) => new WebSocket(url), () => performance.now(), events)
  }

  async stats(): Promise<StatRow[]> {
    return this.peer.stats()
  }

  close(): void {
    this.control.close('measured')
    this.peer.close()
  }

  private heard(said: FromRelay): void {
    if (said.type === 'answer') void this.peer.answered(said.number, this.behindTheLine(said.sdp))
    else if (said.type === 'refused') {
      this.refused = said.code
      if (typeof said.number === 'number') void this.peer.refused(said.number)
    } else if (said.type === 'tracks') this.peer.subscribe(said.tracks.filter((track) => track.person_id !== this.personId))
    else if (said.type === 'quality') {
      this.line = suited(this.line, said.you, this.wanted.mostHeldMs ?? undefined)
      this.peer.suit(this.line)
    }
  }

  private personId = ''
  /** What the call kit makes of the line. */
  line = WHOLE

  private behindTheLine(sdp: string): string {
    return sdp.replace(/^(a=candidate:\S+ \d+ udp \d+ \S+) \d+ /gim, `$1 ${this.wanted.mediaPort} `)
  }
}

/** What is filmed: a scene that moves, with the time in it. */
class Film {
  readonly canvas = document.createElement('canvas')
  readonly stream: MediaStream
  private readonly timer: ReturnType<typeof setInterval>

  constructor({ width, height, picturesPerSecond }: Wanted) {
    this.canvas.width = width
    this.canvas.height = height
    const on = this.canvas.getContext('2d')
    this.stream = this.canvas.captureStream(0)
    const [track] = this.stream.getVideoTracks() as CanvasCaptureMediaStreamTrack[]
    if (!on || !track) throw new Error('this browser films no canvas')
    this.timer = setInterval(() => {
      scene(on, width, height, performance.now())
      drawTime(on, width, performance.now())
      track.requestFrame()
    }, 1000 / picturesPerSecond)
  }

  close(): void {
    clearInterval(this.timer)
    for (const track of this.stream.getTracks()) track.stop()
  }
}

/** Something like a person who moves before a wall: coarse shapes, a little detail. */
function scene(on: CanvasRenderingContext2D, width: number, height: number, at: number): void {
  const top = heightOfCode(width)
  on.fillStyle = '#8a97a5'
  on.fillRect(0, top, width, height - top)
  on.fillStyle = '#d9b8a0'
  const sway = Math.sin(at / 700) * width * 0.05
  on.beginPath()
  on.ellipse(width / 2 + sway, height * 0.5, width * 0.12, height * 0.22, 0, 0, Math.PI * 2)
  on.fill()
  on.fillStyle = '#2f5d8a'
  on.fillRect(width * 0.3 + sway / 2, height * 0.72, width * 0.4, height * 0.28)
  on.fillStyle = '#333'
  on.font = `${Math.round(height / 24)}px sans-serif`
  for (let row = 0; row < 5; row++) on.fillText(`${row} 云诊 ${Math.floor(at / 100)}`, width * 0.04, height * (0.3 + row * 0.12))
}

/** A tone that comes and goes, so that lost sound is heard and not only silence. */
function voice(): { track: MediaStreamTrack; close: () => void } {
  const context = new AudioContext({ sampleRate: 48_000 })
  const [tone, swell, gain, out] = [
    context.createOscillator(),
    context.createOscillator(),
    context.createGain(),
    context.createMediaStreamDestination(),
  ]
  tone.frequency.value = 220
  swell.frequency.value = 3
  swell.connect(gain.gain)
  tone.connect(gain).connect(out)
  tone.start()
  swell.start()
  const [track] = out.stream.getAudioTracks()
  if (!track) throw new Error('this browser makes no sound')
  return { track, close: () => void context.close() }
}

/** What arrives, read picture by picture. */
class Eye {
  readonly latencies: number[] = []
  pictures = 0
  unreadable = 0
  freezes = 0
  frozenMs = 0
  private measuring = false
  private readonly video = document.createElement('video')
  private readonly gaps: number[] = []
  private lastAt: number | null = null
  private lastCode = -1

  /** Plays the sound too, inaudibly: pictures are held to it, and what is not played is not counted. */
  constructor(tracks: MediaStreamTrack[]) {
    this.video.volume = 0
    this.video.srcObject = new MediaStream(tracks)
    document.body.append(this.video)
    void this.video.play()
    this.video.requestVideoFrameCallback(this.see)
  }

  get width(): number {
    return this.video.videoWidth
  }

  get height(): number {
    return this.video.videoHeight
  }

  begin(): void {
    this.measuring = true
    this.lastAt = performance.now()
  }

  close(): void {
    this.measuring = false
    this.video.remove()
  }

  private readonly see = (now: number): void => {
    this.video.requestVideoFrameCallback(this.see)
    if (!this.width) return
    const strip = new OffscreenCanvas(this.width, heightOfCode(this.width))
    const on = strip.getContext('2d', { willReadFrequently: true })
    if (!on) return
    on.drawImage(this.video, 0, 0)
    const code = readTime(on, this.width)
    if (!this.measuring) return
    if (code === null) this.unreadable += 1
    else if (code !== this.lastCode) {
      this.lastCode = code
      this.pictures += 1
      this.latencies.push(since(code, performance.now()))
      this.gap(now)
    }
  }

  private gap(now: number): void {
    if (this.lastAt !== null) {
      const gap = now - this.lastAt
      const usual = this.gaps.length ? this.gaps.reduce((sum, one) => sum + one, 0) / this.gaps.length : gap
      if (gap > Math.max(FREEZE_FACTOR * usual, usual + FREEZE_ABOVE_MS)) {
        this.freezes += 1
        this.frozenMs += gap
      }
      this.gaps.push(gap)
      if (this.gaps.length > 30) this.gaps.shift()
    }
    this.lastAt = now
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

async function until(true_: () => boolean, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    if (true_()) return true
    await pause(20)
  }
  return false
}

/** One person sends sound and picture, one receives, both on this page and by one clock, through the relay. */
export async function measure(wanted: Wanted): Promise<Measured> {
  const film = new Film(wanted)
  const sound = voice()
  const begun = performance.now()
  const [picture] = film.stream.getVideoTracks()
  const sender = new Side(wanted, wanted.sender, ({ peer }) => {
    peer.publish('microphone', sound.track)
    peer.publish('camera', picture ?? null)
  })
  // Both speak, as in a call: browsers know a line's round trip only where they send.
  const answer = voice()
  const receiver = new Side(wanted, wanted.receiver, ({ peer }) => peer.publish('microphone', answer.track))
  const incoming = (kind: string) => receiver.peer.received().find(({ told }) => told.kind === kind)?.track
  let eye: Eye | null = null
  try {
    await until(() => incoming('video') !== undefined && incoming('audio') !== undefined, wanted.connectSeconds)
    const [arriving, heard] = [incoming('video'), incoming('audio')]
    if (arriving) eye = new Eye(heard ? [arriving, heard] : [arriving])
    const connected = await until(() => (eye?.width ?? 0) > 0, wanted.connectSeconds)
    const connectMs = connected ? performance.now() - begun : null
    await window.connected()
    await pause(wanted.settleSeconds * 1000)
    const before = await figures(sender, receiver)
    const startedAt = performance.now()
    eye?.begin()
    await pause(wanted.seconds * 1000)
    const seconds = (performance.now() - startedAt) / 1000
    const after = await figures(sender, receiver)
    const samples = after.samples - before.samples
    return {
      connectMs,
      latencies: (eye?.latencies ?? []).sort((one, other) => one - other),
      pictures: eye?.pictures ?? 0,
      unreadable: eye?.unreadable ?? 0,
      seconds,
      freezes: eye?.freezes ?? 0,
      frozenMs: eye?.frozenMs ?? 0,
      concealed: samples > 0 ? (after.concealed - before.concealed) / samples : 1,
      width: eye?.width ?? 0,
      height: eye?.height ?? 0,
      sentBps: ((after.sentBytes - before.sentBytes) * 8) / seconds,
      limitedBy: after.limitedBy,
      roundTripUpMs: after.roundTripUpMs,
      roundTripDownMs: after.roundTripDownMs,
      heldMs: receiver.line.holdMs ?? 0,
      refused: sender.refused ?? receiver.refused,
    }
  } finally {
    eye?.close()
    sender.close()
    receiver.close()
    film.close()
    sound.close()
    answer.close()
  }
}

interface Figures {
  samples: number
  concealed: number
  sentBytes: number
  limitedBy: string
  roundTripUpMs: number | null
  roundTripDownMs: number | null
}

async function figures(sender: Side, receiver: Side): Promise<Figures> {
  const [sent, got] = [await sender.stats(), await receiver.stats()]
  const number = (row: StatRow | undefined, name: string) => (typeof row?.[name] === 'number' ? row[name] : 0)
  const sound = got.find((row) => row['type'] === 'inbound-rtp' && row['kind'] === 'audio')
  const out = sent.filter((row) => row['type'] === 'outbound-rtp')
  const trip = (rows: StatRow[]) => {
    const pair = rows.find((row) => row['type'] === 'candidate-pair' && row['nominated'] === true)
    return pair ? number(pair, 'currentRoundTripTime') * 1000 : null
  }
  return {
    samples: number(sound, 'totalSamplesReceived'),
    concealed: number(sound, 'concealedSamples'),
    sentBytes: out.reduce((sum, row) => sum + number(row, 'bytesSent'), 0),
    limitedBy: out.map((row) => row['qualityLimitationReason']).find((one) => typeof one === 'string' && one !== 'none')?.toString() ?? 'none',
    roundTripUpMs: trip(sent),
    roundTripDownMs: trip(got),
  }
}

declare global {
  interface Window {
    measure: typeof measure
    /** Told when the first picture came: from here on the runner may make the line worse. */
    connected: () => Promise<void>
  }
}
window.measure = measure
