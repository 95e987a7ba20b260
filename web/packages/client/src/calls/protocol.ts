/** What is said on the relay's control line, version 1: `media_fleet/PROTOCOL.md` decides. */
import type { CallLevel } from './degradation'

export type Source = 'microphone' | 'camera' | 'screen'

/** Something that somebody sends. `heights`: of its layers, px, ascending; may be empty. */
export interface RelayTrack {
  id: string
  person_id: string
  source: Source
  kind: 'audio' | 'video'
  muted: boolean
  heights: number[]
  /** A camera that sends detail rather than motion. */
  clear?: boolean
}

export interface Participant {
  person_id: string
  name: string
}

/** How a session is taken up again when only its control line was lost. */
export interface Resume {
  session: string
  secret: string
}

export interface Offer {
  number: number
  sdp: string
  publish: { mid: string; source: Source; heights?: number[]; clear?: boolean }[]
  subscribe: { mid: string; track: string }[]
}

export interface OwnQuality {
  up_loss: number
  down_loss: number
  /** Before repair: what the line itself loses. Losses are shares. */
  up_line_loss?: number
  down_line_loss?: number
  /** How long media should be kept back so that repairs come in time; 0: as the browser likes. */
  hold_ms?: number
  /** bit/s below which this side's own estimate of the line should not go; 0: it knows best. */
  floor_bps?: number
  round_trip_ms: number
  up_bps: number
  down_bps: number
  advice: CallLevel
}

export type ToRelay =
  | { type: 'hello'; v: 1; grant: string }
  | { type: 'hello'; v: 1; resume: Resume }
  | ({ type: 'offer' } & Offer)
  | { type: 'mute'; source: Source; muted: boolean }
  | { type: 'want'; track: string; height: number }
  | { type: 'ask'; track: string; clear: boolean }
  | { type: 'ping' }
  | { type: 'bye'; reason?: string }

export interface Welcome {
  type: 'welcome'
  v: number
  node: string
  session: string
  secret: string
  /** The same session, its control line was only lost; media went on. */
  resumed: boolean
  /** Who I am to the relay. */
  person_id: string
  participants: Participant[]
  tracks: RelayTrack[]
}

export type FromRelay =
  | Welcome
  | { type: 'answer'; number: number; sdp: string; left_out?: { mid: string; code: string }[] }
  | { type: 'tracks'; tracks: RelayTrack[] }
  | { type: 'participants'; participants: Participant[] }
  | { type: 'quality'; people: Record<string, number>; you: OwnQuality }
  | { type: 'asked'; source: Source; clear: boolean; person_id: string }
  | { type: 'move'; reason: string }
  | { type: 'bye'; reason: string }
  | { type: 'refused'; number?: number | null; code: string; facts?: Record<string, unknown> }
  | { type: 'pong' }
