import { Store } from '../store'
import type { Source } from './protocol'

/** `refused`: the person or the system said no. `missing`: there is none. `taken`: another program has it. */
export type SourceState = 'off' | 'asking' | 'on' | 'refused' | 'missing' | 'taken'
/** `clear`: 1920 × 1200 for reports and pictures. `smooth`: 920 × 720 for what moves, or a narrow line. */
export type ShareMode = 'clear' | 'smooth'
export type Facing = 'user' | 'environment'

export const SHARE_SIZES: Record<ShareMode, { width: number; height: number; pictures: number }> = {
  clear: { width: 1920, height: 1200, pictures: 15 },
  smooth: { width: 920, height: 720, pictures: 30 },
}

/** Asked for a way of sharing that there is not. */
export class ShareModeUnknown extends Error {
  readonly code = 'call.share_mode_unknown'
}

export interface OwnSources {
  microphone: SourceState
  camera: SourceState
  screen: ShareMode | null
  facing: Facing
  /** Echo cancellation, noise suppression and gain are off, so that heart and lung sounds come through. */
  heartSounds: boolean
  /** 1920 × 1080 from the camera in place of 1280 × 720, and detail before motion. */
  sharp: boolean
  devices: MediaDeviceInfo[]
  tracks: Partial<Record<Source, MediaStreamTrack>>
}

export type DevicesOfBrowser = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
> &
  Partial<Pick<MediaDevices, 'getDisplayMedia'>>

export const NOTHING_OPEN: OwnSources = {
  microphone: 'off',
  camera: 'off',
  screen: null,
  facing: 'user',
  heartSounds: false,
  sharp: false,
  devices: [],
  tracks: {},
}

/** This device's microphone, camera and screen. */
export class Sources {
  readonly view = new Store<OwnSources>(NOTHING_OPEN)
  private chosen: Partial<Record<'microphone' | 'camera', string>> = {}
  private closed = false
  private readonly listen = () => void this.readDevices()

  constructor(private readonly devices: DevicesOfBrowser | null) {
    this.devices?.addEventListener('devicechange', this.listen)
  }

  /** What a call needs; what cannot be had is said in the view, and the call goes on without it. */
  async open(wanted: { camera: boolean }): Promise<void> {
    await this.turnOn('microphone')
    if (wanted.camera) await this.turnOn('camera')
    await this.readDevices()
  }

  async turnOn(source: 'microphone' | 'camera'): Promise<void> {
    const { tracks, [source]: state } = this.view.get()
    if (state === 'asking') return
    if (source === 'microphone' && tracks.microphone) return this.speak(tracks.microphone)
    if (tracks[source]) return
    await this.renew(source)
  }

  /** The microphone stays with this page and is silent; the camera is let go, so that its light goes out. */
  turnOff(source: 'microphone' | 'camera'): void {
    const track = this.view.get().tracks[source]
    if (source === 'microphone' && track) track.enabled = false
    else this.put(source, null)
    this.tell({ [source]: 'off' })
  }

  async flip(): Promise<void> {
    const facing = this.view.get().facing === 'user' ? 'environment' : 'user'
    delete this.chosen.camera
    this.tell({ facing })
    if (this.view.get().tracks.camera) await this.renew('camera')
  }

  async choose(source: 'microphone' | 'camera', deviceId: string): Promise<void> {
    this.chosen[source] = deviceId
    if (this.view.get().tracks[source]) await this.renew(source)
  }

  async listenToHeart(on: boolean): Promise<void> {
    this.tell({ heartSounds: on })
    if (this.view.get().tracks.microphone) await this.renew('microphone')
  }

  async sharpen(on: boolean): Promise<void> {
    this.tell({ sharp: on })
    if (this.view.get().tracks.camera) await this.renew('camera')
  }

  /** False: the person chose nothing. Throws `ShareModeUnknown`. */
  async share(mode: ShareMode): Promise<boolean> {
    const size = SHARE_SIZES[mode] as (typeof SHARE_SIZES)[ShareMode] | undefined
    if (!size) throw new ShareModeUnknown(mode)
    if (!this.devices?.getDisplayMedia) return false
    const video = {
      width: { ideal: size.width, max: size.width },
      height: { ideal: size.height, max: size.height },
      frameRate: { max: size.pictures },
    }
    let track: MediaStreamTrack | undefined
    try {
      track = (await this.devices.getDisplayMedia({ video, audio: false })).getVideoTracks()[0]
    } catch {
      // Closed the browser's own choice, or the system forbids it: nothing is shared.
      return false
    }
    if (!track) return false
    track.contentHint = mode === 'clear' ? 'detail' : 'motion'
    track.addEventListener('ended', () => this.view.get().tracks.screen === track && this.stopSharing())
    this.tell({ screen: mode })
    this.put('screen', track)
    return true
  }

  stopSharing(): void {
    this.put('screen', null)
    this.tell({ screen: null })
  }

  close(): void {
    this.closed = true
    this.devices?.removeEventListener('devicechange', this.listen)
    for (const track of Object.values(this.view.get().tracks)) track.stop()
    this.view.set(NOTHING_OPEN)
  }

  private speak(track: MediaStreamTrack): void {
    track.enabled = true
    this.tell({ microphone: 'on' })
  }

  private async renew(source: 'microphone' | 'camera'): Promise<void> {
    const muted = this.view.get()[source] === 'off' && this.view.get().tracks[source] !== undefined
    this.tell({ [source]: 'asking' })
    if (source === 'camera') this.view.get().tracks.camera?.stop() // phones open one camera at a time
    const { track, state } = await this.ask(source)
    if (this.closed) return track?.stop()
    if (track && muted) track.enabled = false
    this.put(source, track)
    this.tell({ [source]: track && muted ? 'off' : state })
  }

  private async ask(source: 'microphone' | 'camera'): Promise<{ track: MediaStreamTrack | null; state: SourceState }> {
    if (!this.devices) return { track: null, state: 'missing' }
    try {
      const stream = await this.devices.getUserMedia(this.constraints(source))
      const track = stream.getTracks()[0] ?? null
      track?.addEventListener('ended', () => this.view.get().tracks[source] === track && this.fell(source))
      if (source === 'microphone' && track) track.contentHint = this.view.get().heartSounds ? 'music' : 'speech'
      if (source === 'camera' && track) track.contentHint = this.view.get().sharp ? 'detail' : ''
      return { track, state: track ? 'on' : 'missing' }
    } catch (reason) {
      return { track: null, state: whyNot(reason) }
    }
  }

  private constraints(source: 'microphone' | 'camera'): MediaStreamConstraints {
    const { facing, sharp, heartSounds } = this.view.get()
    const device = this.chosen[source]
    const deviceId = device ? { deviceId: { exact: device } } : {}
    if (source === 'camera') {
      const [width, height] = sharp ? [1920, 1080] : [1280, 720]
      const facingMode = device ? {} : { facingMode: { ideal: facing } }
      return { video: { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30, max: 30 }, ...facingMode, ...deviceId } }
    }
    const cleaned = !heartSounds
    return {
      audio: {
        echoCancellation: cleaned,
        noiseSuppression: cleaned,
        autoGainControl: cleaned,
        channelCount: 1,
        sampleRate: 48_000,
        ...deviceId,
      },
    }
  }

  /** Pulled out, or taken away by the system. */
  private fell(source: 'microphone' | 'camera'): void {
    this.put(source, null)
    this.tell({ [source]: 'missing' })
    delete this.chosen[source]
  }

  private put(source: Source, track: MediaStreamTrack | null): void {
    const { [source]: before, ...others } = this.view.get().tracks
    if (before !== track) before?.stop()
    this.tell({ tracks: track ? { ...others, [source]: track } : others })
  }

  private async readDevices(): Promise<void> {
    const found = await this.devices?.enumerateDevices().catch(() => [])
    if (found && !this.closed) this.tell({ devices: found.filter(({ deviceId }) => deviceId !== '') })
  }

  private tell(change: Partial<OwnSources>): void {
    this.view.update((view) => ({ ...view, ...change }))
  }
}

function whyNot(reason: unknown): SourceState {
  const name = (reason as { name?: unknown } | null)?.name
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  return name === 'NotReadableError' || name === 'AbortError' ? 'taken' : 'missing'
}
