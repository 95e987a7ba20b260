import type { Offer, RelayTrack, Source } from './protocol'
import { withAudioRepair, withFaithfulSound, withFloor } from './sdp'
import { WHOLE } from './suited'
import type { Suited } from './suited'
import type { StatRow } from './watch'

export interface PeerEvents {
  offer: (offer: Offer) => void
  /** What is received has changed: other tracks on the m-lines. */
  changed: () => void
}

interface Place {
  transceiver: RTCRtpTransceiver
  track: RelayTrack | null
}

/** The camera's layers: what is left of its height, and their rate. Browsers spend a narrow line on the first ones first. */
export const LAYERS = [
  { rid: 'q', scale: 4, bps: 150_000 },
  { rid: 'h', scale: 2, bps: 600_000 },
  { rid: 'f', scale: 1, bps: 2_500_000 },
] as const

/** The largest layer where detail counts: a rash or a tongue at 1920 × 1080. */
const CLEAR_BPS = 5_000_000
const SOUND_BPS = 128_000
const SCREEN_BPS = 2_500_000

/**
 * The one RTCPeerConnection of a session. This side always offers, one offer at a time, each with the whole state;
 * m-lines of tracks that ended are used again.
 */
export class Peer {
  private readonly sending = new Map<Source, RTCRtpTransceiver>()
  private readonly places: Place[] = []
  private number = 0
  private waitsFor: number | null = null
  private again = false
  private closed = false
  private cameraHeight = 0
  private level = { cameraHeight: Infinity, microphoneBps: SOUND_BPS }
  private line = WHOLE
  private clear = false
  /** Music and hearts, not speech: Opus is to take nothing away. */
  private whole = false

  constructor(
    private readonly connection: RTCPeerConnection,
    private readonly events: PeerEvents,
  ) {}

  /**
   * Sends the track in place of the source's last one; null: nothing. A source that is new is offered, the microphone
   * also while it is silent: the way to the relay has to be there before somebody says something. A camera whose track
   * asks for detail is said to be clear, and may use a higher rate.
   */
  publish(source: Source, track: MediaStreamTrack | null): void {
    const known = this.sending.get(source)
    const other = track !== null && this.isOther(source, track)
    if (known) {
      void known.sender.replaceTrack(track).catch(() => undefined) // closed meanwhile
      if (other && source === 'camera') change(known.sender, (encoding) => this.rate(encoding))
      if (source === 'screen' || other) this.offer() // it comes and goes, or has other sizes, for the others too
      return
    }
    if (!track && source !== 'microphone') return
    const init = encodingsOf(source)
    if (source === 'camera') init.sendEncodings?.forEach((encoding) => this.rate(encoding))
    const sent = this.connection.addTransceiver(track ?? 'audio', { direction: 'sendonly', ...init })
    this.sending.set(source, sent)
    this.offer()
  }

  /** Receives exactly these: those that are there already stay where they are. */
  subscribe(wanted: readonly RelayTrack[]): void {
    const byId = new Map(wanted.map((track) => [track.id, track]))
    let changed = false
    for (const place of this.places) {
      const still = place.track ? byId.get(place.track.id) : undefined
      if (place.track && !still) changed = true
      place.track = still ?? null
      if (still) byId.delete(still.id)
    }
    for (const track of byId.values()) {
      this.placeFor(track).track = track
      changed = true
    }
    if (changed) this.offer()
    this.events.changed()
  }

  /** What comes in, by the relay's track. */
  received(): { told: RelayTrack; track: MediaStreamTrack }[] {
    return this.places.flatMap(({ track, transceiver }) =>
      track ? [{ told: track, track: transceiver.receiver.track }] : [],
    )
  }

  /** The relay's track by its m-line, for statistics. */
  trackAt(mid: string): RelayTrack | null {
    return this.places.find(({ transceiver }) => transceiver.mid === mid)?.track ?? null
  }

  /** Offers the state as it is; while an offer is under way, once more after it. */
  offer(): void {
    if (this.closed) return
    if (this.waitsFor !== null) this.again = true
    else void this.offerNow()
  }

  /** An answer that never came is waited for no longer. */
  offerAgain(): void {
    this.waitsFor = null
    this.offer()
  }

  restartIce(): void {
    this.connection.restartIce()
    this.offerAgain()
  }

  async answered(number: number, sdp: string): Promise<void> {
    if (number !== this.waitsFor || this.closed) return
    try {
      await this.connection.setRemoteDescription({ type: 'answer', sdp: withFloor(withFaithfulSound(sdp, SOUND_BPS, this.whole ? 2 : 1), this.line.floorBps) })
    } catch {
      // Closed meanwhile, or an answer to what was rolled back: the watch sees that no media comes.
    }
    this.settled(number)
  }

  /** The relay does not do what the offer said: back to what was before. */
  async refused(number: number): Promise<void> {
    if (number !== this.waitsFor || this.closed) return
    await this.rollBack()
    this.settled(number)
  }

  /** Camera layers above `cameraHeight` px rest; the microphone keeps within its rate. */
  limit(cameraHeight: number, microphoneBps: number): void {
    this.level = { cameraHeight, microphoneBps }
    this.apply()
  }

  /** Sends and keeps back what suits the line. */
  suit(line: Suited): void {
    const floor = this.line.floorBps
    this.line = line
    if (line.floorBps !== floor && this.sending.has('camera')) this.offer()
    this.apply()
    for (const { transceiver } of this.places) {
      const receiver = transceiver.receiver as RTCRtpReceiver & { jitterBufferTarget?: number | null }
      if ('jitterBufferTarget' in receiver && receiver.jitterBufferTarget !== line.holdMs) receiver.jitterBufferTarget = line.holdMs
    }
  }

  private apply(): void {
    const { level, line, whole } = this
    const camera = this.sending.get('camera')
    const microphone = this.sending.get('microphone')
    if (camera) change(camera.sender, (encoding, place) => this.applyTo(encoding, place))
    if (microphone)
      change(microphone.sender, (encoding) => {
        // A heart is heard whole or not at all.
        encoding.maxBitrate = whole ? level.microphoneBps : Math.min(level.microphoneBps, line.microphoneBps)
      })
  }

  private applyTo(encoding: RTCRtpEncodingParameters, place: number): void {
    const { layers, layerBps, picturesPerSecond } = this.line
    encoding.active = this.heightOf(encoding) <= this.level.cameraHeight && place < layers
    encoding.maxBitrate = Math.min(encoding.rid === 'f' && this.clear ? CLEAR_BPS : (LAYERS[place]?.bps ?? Infinity), layerBps)
    if (picturesPerSecond !== null) encoding.maxFramerate = picturesPerSecond
    else delete encoding.maxFramerate
  }

  async stats(): Promise<StatRow[]> {
    const report = await this.connection.getStats()
    return [...(report as unknown as Map<string, StatRow>).values()]
  }

  close(): void {
    this.closed = true
    this.connection.close()
  }

  private placeFor(track: RelayTrack): Place {
    const free = this.places.find((place) => !place.track && place.transceiver.receiver.track.kind === track.kind)
    if (free) return free
    const place = { transceiver: this.connection.addTransceiver(track.kind, { direction: 'recvonly' }), track: null }
    this.places.push(place)
    return place
  }

  private async offerNow(): Promise<void> {
    const number = (this.number += 1)
    this.waitsFor = number
    try {
      if (this.connection.signalingState === 'have-local-offer') await this.rollBack()
      const { sdp = '' } = await this.connection.createOffer()
      const munged = withAudioRepair(sdp)
      await this.connection.setLocalDescription({ type: 'offer', sdp: munged })
      if (number !== this.waitsFor || this.closed) return
      this.events.offer({ number, sdp: munged, publish: this.published(), subscribe: this.subscribed() })
    } catch {
      // Closed while the description was made; a live one is offered again by the watch.
      this.settled(number)
    }
  }

  private settled(number: number): void {
    if (this.waitsFor !== number) return
    this.waitsFor = null
    if (!this.again || this.closed) return
    this.again = false
    void this.offerNow()
  }

  private async rollBack(): Promise<void> {
    await this.connection.setLocalDescription({ type: 'rollback' }).catch(() => undefined)
  }

  private published(): Offer['publish'] {
    return [...this.sending].flatMap(([source, { mid, sender }]) => {
      if (mid === null || (source === 'screen' && !sender.track)) return []
      return [{ mid, source, ...(source === 'camera' ? { heights: this.heights(), clear: this.clear } : {}) }]
    })
  }

  private subscribed(): Offer['subscribe'] {
    return this.places.flatMap(({ transceiver: { mid }, track }) => (mid !== null && track ? [{ mid, track: track.id }] : []))
  }

  private heights(): number[] {
    return LAYERS.map(({ scale }) => Math.round(this.cameraHeight / scale))
  }

  /** Whether the track needs another description than the source's last one. */
  private isOther(source: Source, track: MediaStreamTrack): boolean {
    const [height, clear, whole] = [this.cameraHeight, this.clear, this.whole]
    if (source === 'camera') {
      this.cameraHeight = track.getSettings().height ?? 720
      this.clear = track.contentHint === 'detail'
    } else if (source === 'microphone') this.whole = track.contentHint === 'music'
    return this.cameraHeight !== height || this.clear !== clear || this.whole !== whole
  }

  private rate(encoding: RTCRtpEncodingParameters): void {
    if (encoding.rid === 'f') encoding.maxBitrate = this.clear ? CLEAR_BPS : LAYERS[2].bps
  }

  private heightOf(encoding: RTCRtpEncodingParameters): number {
    return this.cameraHeight / (encoding.scaleResolutionDownBy ?? 1)
  }
}

function encodingsOf(source: Source): Pick<RTCRtpTransceiverInit, 'sendEncodings'> {
  if (source === 'microphone') return { sendEncodings: [{ maxBitrate: SOUND_BPS, priority: 'high' }] }
  if (source === 'screen') return { sendEncodings: [{ maxBitrate: SCREEN_BPS }] }
  const layers = LAYERS.map(({ rid, scale, bps }) => ({ rid, scaleResolutionDownBy: scale, maxBitrate: bps }))
  return { sendEncodings: layers }
}

function change(sender: RTCRtpSender, act: (encoding: RTCRtpEncodingParameters, place: number) => void): void {
  const parameters = sender.getParameters()
  if (!parameters.encodings?.length) return
  const before = JSON.stringify(parameters.encodings)
  parameters.encodings.forEach(act)
  if (JSON.stringify(parameters.encodings) === before) return // each setting is a new beginning for the encoder
  void sender.setParameters(parameters).catch(() => undefined) // closed, or negotiated anew meanwhile: comes again
}
