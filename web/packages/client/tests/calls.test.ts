import { describe, expect, it } from 'vitest'

import { newerOf, othersOf, phaseOf } from '../src/calls/call'
import { BETTER_FOR_MS, follow, UNDEGRADED } from '../src/calls/degradation'
import { withAudioRepair, withFaithfulSound } from '../src/calls/sdp'
import { counted, sampleBetween } from '../src/calls/statistics'
import { judged, packetsIn, watched, watchFrom } from '../src/calls/watch'
import { aCall } from './fake_calling'

describe('a call as one device sees it', () => {
  const patient = (here: boolean) => ({ personId: 'per_1', here })
  const doctor = (here: boolean) => ({ personId: 'per_2', here })

  it.each([
    ['rings here', aCall(), patient(false), 'incoming'],
    ['was answered here a moment ago', aCall(), patient(true), 'answering'],
    ['was answered here', aCall({ state: 'accepted' }, ['accepted', 'accepted']), patient(true), 'answering'],
    ['was answered on another device', aCall({ state: 'accepted' }, ['accepted', 'accepted']), patient(false), 'elsewhere'],
    ['I called', aCall(), doctor(true), 'ringing'],
    ['I called from another device', aCall(), doctor(false), 'elsewhere'],
    ['I called, they said yes', aCall({ state: 'accepted' }, ['accepted', 'accepted']), doctor(true), 'answering'],
    ['both are heard', aCall({ state: 'connected' }, ['connected', 'connected']), patient(true), 'in_call'],
    ['I declined', aCall({}, ['accepted', 'declined']), patient(false), 'over'],
    ['it ended', aCall({ state: 'ended', outcome: 'missed' }, ['left', 'missed']), patient(false), 'over'],
    ['somebody else’s', aCall(), { personId: 'per_9', here: false }, 'over'],
  ] as const)('%s', (_, call, seen, phase) => {
    expect(phaseOf(call, seen)).toBe(phase)
  })

  it('never goes back to an older picture', () => {
    const [older, newer] = [aCall({ revision: 2 }), aCall({ revision: 3 })]
    expect(newerOf(newer, older)).toBe(newer)
    expect(newerOf(older, newer)).toBe(newer)
    const other = aCall({ id: 'cal_2', revision: 1 })
    expect(newerOf(newer, other)).toBe(other)
  })

  it('names the caller first', () => {
    const call = aCall()
    call.members.unshift({ ...call.members[1]!, person_id: 'per_3', name: '王医生' })
    expect(othersOf(call, 'per_1').map(({ name }) => name)).toEqual(['李医生', '王医生'])
  })
})

describe('what a bad line still carries', () => {
  it('goes down at once, as far as advised', () => {
    expect(follow(UNDEGRADED, 'audio', 0)).toEqual({ level: 'audio', betterSince: null })
  })

  it('comes up one step at a time, each after a while of better advice without a break', () => {
    let now = follow(UNDEGRADED, 'text', 0)
    now = follow(now, 'full', 1_000)
    expect(now.level).toBe('text')
    now = follow(now, 'full', 1_000 + BETTER_FOR_MS)
    expect(now.level).toBe('audio')
    now = follow(now, 'audio', 2_000 + BETTER_FOR_MS) // a break
    now = follow(now, 'full', 3_000 + BETTER_FOR_MS)
    now = follow(now, 'full', 2_000 + 2 * BETTER_FOR_MS)
    expect(now.level).toBe('audio')
    now = follow(now, 'full', 3_000 + 2 * BETTER_FOR_MS)
    expect(now.level).toBe('low_video')
  })

  it('leaves advice of tomorrow alone', () => {
    expect(follow(UNDEGRADED, 'holograms' as never, 0)).toBe(UNDEGRADED)
  })
})

describe('the watch of a relay', () => {
  const after = (packets: number[], controlAt: number) =>
    packets.reduce((now, count, index) => watched(now, count, controlAt, index * 500), watchFrom(0))

  it('is content while packets come', () => {
    expect(judged(after([0, 3, 6, 9, 12], 2_000), 2_000)).toBe('well')
  })

  it('takes it for dead after two seconds of nothing at all', () => {
    const silent = after([0, 3, 3, 3, 3, 3], 500)
    expect(judged(silent, 2_499)).toBe('well')
    expect(judged(silent, 2_500)).toBe('dead')
  })

  it('looks for another way when only media stopped, again every three seconds, and gives up after ten', () => {
    const silent = { ...after([0, 3], 0), controlAt: Infinity }
    expect(judged(silent, 2_500)).toBe('restart_ice')
    expect(judged({ ...silent, restartedAt: 2_500 }, 5_000)).toBe('mending')
    expect(judged({ ...silent, restartedAt: 2_500 }, 5_500)).toBe('restart_ice')
    expect(judged(silent, 10_500)).toBe('rejoin')
  })

  it('opens the control line again when only that is silent', () => {
    const flowing = { ...after([0, 3], 0), mediaAt: Infinity }
    expect(judged(flowing, 2_000)).toBe('reopen_control')
    expect(judged(flowing, 30_000)).toBe('rejoin')
  })

  it('waits ten seconds for the first packet', () => {
    const waiting = { ...watchFrom(0), controlAt: Infinity }
    expect(judged(waiting, 9_999)).toBe('well')
    expect(judged(waiting, 10_000)).toBe('rejoin')
  })

  it('counts answers to the browser’s own checks', () => {
    expect(packetsIn([{ type: 'transport', packetsReceived: 5 }, { type: 'candidate-pair', responsesReceived: 2 }, { type: 'codec' }])).toBe(7)
  })
})

describe('statistics', () => {
  const rows = (change: Record<string, number> = {}) => [
    { type: 'outbound-rtp', bytesSent: 1_000, qualityLimitationReason: 'none', ...pick(change, 'bytesSent') },
    { type: 'outbound-rtp', bytesSent: 0, qualityLimitationReason: 'bandwidth' },
    { type: 'remote-inbound-rtp', fractionLost: 0.25 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.0414 },
    { type: 'inbound-rtp', kind: 'audio', bytesReceived: 500, packetsReceived: 100, packetsLost: 0, jitter: 0.012, totalSamplesReceived: 48_000, concealedSamples: 0, silentConcealedSamples: 0, ...change },
    { type: 'inbound-rtp', kind: 'video', bytesReceived: 0, packetsReceived: 0, packetsLost: 0, jitter: 0.03, freezeCount: 1, frameHeight: 360, framesPerSecond: 24.4 },
  ]
  const pick = (from: Record<string, number>, name: string) => (name in from ? { [name]: from[name] } : {})

  it('tell what happened in between', () => {
    const before = counted(rows(), 0)
    const later = counted(
      rows({ bytesSent: 126_000, bytesReceived: 63_000, packetsReceived: 190, packetsLost: 10, totalSamplesReceived: 288_000, concealedSamples: 36_000, silentConcealedSamples: 24_000 }),
      5_000,
    )
    expect(sampleBetween(before, later)).toEqual({
      at: '1970-01-01T00:00:05.000Z',
      up_loss: 0.25,
      down_loss: 0.1,
      jitter_ms: 30,
      round_trip_ms: 41,
      concealed: 0.05,
      up_bps: 200_000,
      down_bps: 100_000,
      freezes: 0,
      height: 360,
      pictures_per_second: 24,
      limited_by: 'bandwidth',
    })
  })

  it('say nothing across two connections, nor of nothing', () => {
    expect(sampleBetween(counted(rows({ packetsReceived: 900 }), 0), counted(rows(), 5_000))).toBeNull()
    expect(sampleBetween(counted([], 0), counted([], 5_000))).toMatchObject({ down_loss: null, concealed: null, round_trip_ms: null })
  })
})

describe('descriptions', () => {
  const sdp = 'v=0\r\nm=audio 9 X 111 63\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;stereo=1\r\nm=video 9 X 96\r\na=rtpmap:96 VP8/90000\r\n'

  it('ask for sound to be repaired, once', () => {
    const asked = withAudioRepair(sdp)
    expect(asked).toContain('a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n')
    expect(withAudioRepair(asked)).toBe(asked)
  })

  it('make sound faithful: one channel, 48 kHz, 128 kbit/s', () => {
    const line = /a=fmtp:111 (.*)\r\n/.exec(withFaithfulSound(sdp, 128_000))?.[1]
    expect(line).toBe('minptime=10;maxaveragebitrate=128000;maxplaybackrate=48000;stereo=0;sprop-stereo=0;usedtx=0')
    expect(withFaithfulSound(sdp.replace(/a=fmtp.*\r\n/, ''), 128_000)).toContain('maxaveragebitrate=128000')
  })

  it('of another codec world stay as they are', () => {
    const other = 'v=0\r\nm=audio 9 X 0\r\na=rtpmap:0 PCMU/8000\r\n'
    expect(withAudioRepair(withFaithfulSound(other, 1))).toBe(other)
  })
})
