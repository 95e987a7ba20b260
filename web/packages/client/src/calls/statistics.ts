import type { CallSample } from '../calling_routes'
import type { StatRow } from './watch'

/** Counters of one moment, summed over the streams of each direction. */
export interface Counted {
  at: number
  sentBytes: number
  gotBytes: number
  got: number
  lost: number
  roundTripMs: number | null
  jitterMs: number | null
  samples: number
  concealed: number
  freezes: number
  height: number | null
  pictures: number | null
  limited: CallSample['limited_by']
  /** Lost on the way up, as the relay reports it (share). */
  upLoss: number | null
}

const LIMITS = ['none', 'other', 'bandwidth', 'cpu'] as const

export function counted(report: Iterable<StatRow>, at: number): Counted {
  const sum: Counted = {
    at,
    sentBytes: 0,
    gotBytes: 0,
    got: 0,
    lost: 0,
    roundTripMs: null,
    jitterMs: null,
    samples: 0,
    concealed: 0,
    freezes: 0,
    height: null,
    pictures: null,
    limited: null,
    upLoss: null,
  }
  for (const row of report) add(sum, row)
  return sum
}

function add(sum: Counted, row: StatRow): void {
  const of = (name: string) => numberOf(row[name]) ?? 0
  if (row['type'] === 'outbound-rtp') {
    sum.sentBytes += of('bytesSent')
    sum.limited = worse(sum.limited, row['qualityLimitationReason'])
  } else if (row['type'] === 'remote-inbound-rtp') {
    sum.upLoss = largest(sum.upLoss, numberOf(row['fractionLost']))
  } else if (row['type'] === 'candidate-pair' && (row['nominated'] === true || row['state'] === 'succeeded')) {
    sum.roundTripMs = largest(sum.roundTripMs, inMs(row['currentRoundTripTime']))
  } else if (row['type'] === 'inbound-rtp') {
    sum.gotBytes += of('bytesReceived')
    sum.got += of('packetsReceived')
    sum.lost += of('packetsLost')
    sum.jitterMs = largest(sum.jitterMs, inMs(row['jitter']))
    sum.samples += of('totalSamplesReceived')
    sum.concealed += of('concealedSamples') - of('silentConcealedSamples')
    sum.freezes += of('freezeCount')
    sum.height = largest(sum.height, numberOf(row['frameHeight']))
    sum.pictures = largest(sum.pictures, numberOf(row['framesPerSecond']))
  }
}

/** What happened between two moments; null when the counters began anew in between (another connection). */
export function sampleBetween(before: Counted, after: Counted): CallSample | null {
  const seconds = (after.at - before.at) / 1000
  const [got, lost] = [after.got - before.got, after.lost - before.lost]
  const [samples, concealed] = [after.samples - before.samples, after.concealed - before.concealed]
  const [sent, received] = [after.sentBytes - before.sentBytes, after.gotBytes - before.gotBytes]
  if (seconds <= 0 || got < 0 || sent < 0 || received < 0) return null
  return {
    at: new Date(after.at).toISOString(),
    up_loss: after.upLoss === null ? null : share(after.upLoss),
    down_loss: got + lost > 0 ? share(Math.max(0, lost) / (got + Math.max(0, lost))) : null,
    jitter_ms: rounded(after.jitterMs),
    round_trip_ms: rounded(after.roundTripMs),
    concealed: samples > 0 ? share(Math.max(0, concealed) / samples) : null,
    up_bps: Math.round((sent * 8) / seconds),
    down_bps: Math.round((received * 8) / seconds),
    freezes: Math.max(0, after.freezes - before.freezes),
    height: after.height,
    pictures_per_second: after.pictures === null ? null : Math.round(after.pictures),
    limited_by: after.limited,
  }
}

const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const inMs = (value: unknown) => {
  const seconds = numberOf(value)
  return seconds === null ? null : seconds * 1000
}
const largest = (one: number | null, other: number | null) =>
  one === null ? other : other === null ? one : Math.max(one, other)
const rounded = (value: number | null) => (value === null ? null : Math.round(value))
const share = (value: number) => Math.min(1, Math.max(0, Math.round(value * 10_000) / 10_000))

function worse(held: CallSample['limited_by'], told: unknown): CallSample['limited_by'] {
  const [was, is] = [LIMITS.indexOf(held ?? 'none'), LIMITS.indexOf(told as 'none')]
  return is < 0 ? held : (LIMITS[Math.max(was, is)] ?? null)
}
