import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '../src/errors'
import type { CallSample } from '../src/calling_routes'
import { Room } from '../src/calls/room'
import { ShareModeUnknown, Sources } from '../src/calls/sources'
import { FakeDevices, FakeFleet } from './fake_relay'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const THEIRS = [
  { id: 't1', person_id: 'per_2', source: 'microphone', kind: 'audio', muted: false, heights: [] },
  { id: 't2', person_id: 'per_2', source: 'camera', kind: 'video', muted: false, heights: [180, 360, 720] },
] as FakeFleet['tracks']

async function opened(fleet = new FakeFleet(), devices = new FakeDevices()) {
  const sources = new Sources(devices.asBrowser)
  await sources.open({ camera: true })
  const reported: CallSample[] = []
  const room = new Room({
    join: fleet.join,
    report: async (samples) => void reported.push(...samples),
    sources,
    media: { connect: fleet.connect, openWire: fleet.openWire, now: () => Date.now() },
  })
  await vi.advanceTimersByTimeAsync(1_100)
  return { fleet, devices, sources, room, reported }
}

const QUALITY = { up_loss: 0, down_loss: 0, round_trip_ms: 40, up_bps: 1, down_bps: 1 }

describe('getting in', () => {
  it('shows its grant, offers what it sends with the camera in layers, and takes what others send', async () => {
    const fleet = new FakeFleet()
    fleet.tracks = THEIRS
    const { room } = await opened(fleet)
    expect(fleet.line.said[0]).toMatchObject({ type: 'hello', v: 1, grant: expect.stringContaining('head.') })
    expect(fleet.connection.configuration.iceServers).toEqual([{ urls: ['turn:turn.test'], username: 'u', credential: 'c' }])
    const last = fleet.line.offers().at(-1)!
    expect(last.publish.map(({ source }) => source)).toEqual(['microphone', 'camera'])
    expect(last.publish[1]?.heights).toEqual([180, 360, 720])
    expect(last.subscribe.map(({ track }) => track)).toEqual(['t1', 't2'])
    expect(last.sdp).toContain('a=rtcp-fb:111 nack')
    expect(fleet.connection.remote).toContain('maxaveragebitrate=128000')
    expect(room.view.get()).toMatchObject({ phase: 'open', people: [{ name: '李医生', camera: { id: 't2', muted: false } }] })
    room.close()
  })

  it('uses an m-line again when its track ended, and asks for the height that is shown', async () => {
    const fleet = new FakeFleet()
    fleet.tracks = THEIRS
    const { room } = await opened(fleet)
    const lines = fleet.connection.transceivers.length
    const next = { ...THEIRS[1]!, id: 't3' }
    fleet.line.hear({ type: 'tracks', tracks: [THEIRS[0]!] })
    fleet.line.hear({ type: 'tracks', tracks: [THEIRS[0]!, next] })
    await vi.advanceTimersByTimeAsync(500)
    expect(fleet.connection.transceivers).toHaveLength(lines)
    expect(fleet.line.offers().at(-1)?.subscribe.map(({ track }) => track)).toEqual(['t1', 't3'])
    room.want('per_2', 'camera', 180)
    expect(fleet.line.said.at(-1)).toEqual({ type: 'want', track: 't3', height: 180 })
    room.setAudioOnly(true)
    expect(fleet.line.said.filter((one) => one.type === 'want').at(-1)).toEqual({ type: 'want', track: 't3', height: 0 })
    room.close()
  })

  it('goes on without a camera that was refused, and says so', async () => {
    const devices = new FakeDevices()
    devices.refused.video = 'NotAllowedError'
    const { room, fleet, sources } = await opened(new FakeFleet(), devices)
    expect(sources.view.get()).toMatchObject({ microphone: 'on', camera: 'refused' })
    expect(fleet.line.offers().at(-1)?.publish.map(({ source }) => source)).toEqual(['microphone'])
    delete devices.refused.video
    await sources.turnOn('camera')
    await vi.advanceTimersByTimeAsync(500)
    expect(fleet.line.offers().at(-1)?.publish.map(({ source }) => source)).toEqual(['microphone', 'camera'])
    room.close()
  })

  it('opens a way to the relay also without any device, so that the others are heard', async () => {
    const devices = new FakeDevices()
    devices.refused.video = devices.refused.audio = 'NotFoundError'
    const { room, fleet, sources } = await opened(new FakeFleet(), devices)
    expect(sources.view.get()).toMatchObject({ microphone: 'missing', camera: 'missing' })
    expect(fleet.line.offers()[0]?.publish.map(({ source }) => source)).toEqual(['microphone'])
    expect(fleet.line.said).toContainEqual({ type: 'mute', source: 'microphone', muted: true })
    expect(room.view.get().phase).toBe('open')
    room.close()
  })

  it('ends with the hospital’s no, and asks again while nobody answers', async () => {
    const fleet = new FakeFleet()
    const answers: (() => Promise<never>)[] = [
      () => Promise.reject(new ApiError({ code: 'client.offline' })),
      () => Promise.reject(new ApiError({ code: 'call.ended', status: 409 })),
    ]
    const sources = new Sources(null)
    const join = vi.fn(() => answers.shift()!())
    const media = { connect: fleet.connect, openWire: fleet.openWire, now: () => Date.now() }
    const room = new Room({ join, report: async () => undefined, sources, media })
    await vi.advanceTimersByTimeAsync(1_500)
    expect(join).toHaveBeenCalledTimes(2)
    expect(room.view.get()).toMatchObject({ phase: 'closed', problem: 'call.ended' })
  })
})

describe('what I do', () => {
  it('turns the microphone and the camera off and on, and the others hear of it', async () => {
    const { room, fleet, sources, devices } = await opened()
    sources.turnOff('microphone')
    sources.turnOff('camera')
    expect(fleet.line.said).toContainEqual({ type: 'mute', source: 'microphone', muted: true })
    expect(fleet.line.said).toContainEqual({ type: 'mute', source: 'camera', muted: true })
    expect(devices.given[1]?.readyState).toBe('ended') // its light goes out
    expect(devices.given[0]?.readyState).toBe('live')
    await sources.turnOn('microphone')
    await sources.turnOn('camera')
    expect(fleet.line.said.slice(-2)).toEqual([
      { type: 'mute', source: 'microphone', muted: false },
      { type: 'mute', source: 'camera', muted: false },
    ])
    expect(fleet.connection.transceivers[1]?.sender.track).toBe(devices.given[2])
    room.close()
  })

  it('turns the camera round, follows a device that is pulled out, and lists what is plugged in', async () => {
    const { room, sources, devices } = await opened()
    await sources.flip()
    expect(devices.given.at(-1)?.constraints).toMatchObject({ facingMode: { ideal: 'environment' } })
    devices.given.at(-1)?.fall()
    expect(sources.view.get().camera).toBe('missing')
    devices.plug({ deviceId: 'd2', kind: 'audioinput', label: '耳机' })
    await vi.advanceTimersByTimeAsync(0)
    expect(sources.view.get().devices.map(({ label }) => label)).toEqual(['麦克风', '耳机'])
    await sources.choose('microphone', 'd2')
    expect(devices.given.at(-1)?.constraints).toMatchObject({ deviceId: { exact: 'd2' } })
    room.close()
  })

  it('shares the screen clear or smooth, and knows no third way', async () => {
    const { room, sources, devices, fleet } = await opened()
    expect(await sources.share('clear')).toBe(true)
    expect(devices.given.at(-1)?.constraints).toMatchObject({ width: { max: 1920 }, height: { max: 1200 } })
    expect(devices.given.at(-1)?.contentHint).toBe('detail')
    await vi.advanceTimersByTimeAsync(100)
    expect(fleet.line.offers().at(-1)?.publish.map(({ source }) => source)).toContain('screen')
    devices.given.at(-1)?.fall() // the browser's own "stop sharing"
    await vi.advanceTimersByTimeAsync(100)
    expect(sources.view.get().screen).toBeNull()
    expect(fleet.line.offers().at(-1)?.publish.map(({ source }) => source)).not.toContain('screen')
    await sources.share('smooth')
    expect(devices.given.at(-1)?.constraints).toMatchObject({ width: { max: 920 }, height: { max: 720 } })
    await expect(sources.share('huge' as never)).rejects.toBeInstanceOf(ShareModeUnknown)
    devices.refused.screen = 'NotAllowedError'
    expect(await sources.share('clear')).toBe(false)
    room.close()
  })

  it('listens to heart and lung without anything that cleans the sound', async () => {
    const { room, sources, devices, fleet } = await opened()
    expect(devices.given[0]?.constraints).toMatchObject({ echoCancellation: true, noiseSuppression: true, autoGainControl: true })
    fleet.line.hear({ type: 'quality', people: {}, you: { ...QUALITY, advice: 'low_video' } })
    expect(fleet.connection.transceivers[0]?.encodings[0]?.maxBitrate).toBe(32_000)
    await sources.listenToHeart(true)
    expect(devices.given.at(-1)?.constraints).toMatchObject({ echoCancellation: false, noiseSuppression: false, autoGainControl: false, sampleRate: 48_000, channelCount: 1 })
    expect(devices.given.at(-1)?.contentHint).toBe('music')
    await vi.advanceTimersByTimeAsync(500)
    expect(fleet.connection.remote).toContain(';stereo=1;') // with one channel Opus takes away what is below 60 Hz
    expect(fleet.connection.transceivers[0]?.encodings[0]?.maxBitrate).toBe(128_000)
    await sources.listenToHeart(false)
    await vi.advanceTimersByTimeAsync(500)
    expect(fleet.connection.remote).toContain(';stereo=0;')
    room.close()
  })
})

describe('detail of a camera', () => {
  it('is asked for by the other, told with its size and rate, looked at whole, and turned back by whoever it belongs to', async () => {
    const fleet = new FakeFleet()
    fleet.tracks = THEIRS
    const { room, devices, sources } = await opened(fleet)
    room.askClear('per_2', true)
    expect(fleet.line.said.at(-1)).toEqual({ type: 'ask', track: 't2', clear: true })
    room.askClear('nobody', true)
    room.want('per_2', 'camera', 180)
    fleet.line.hear({ type: 'tracks', tracks: [THEIRS[0]!, { ...THEIRS[1]!, heights: [270, 540, 1080], clear: true }] })
    expect(fleet.line.said.at(-1)).toEqual({ type: 'want', track: 't2', height: 1080 })
    expect(room.view.get().people[0]?.camera).toMatchObject({ clear: true })

    fleet.line.hear({ type: 'asked', source: 'camera', clear: true, person_id: 'per_2' })
    await vi.advanceTimersByTimeAsync(500)
    expect(devices.given.at(-1)).toMatchObject({ contentHint: 'detail', constraints: { height: { ideal: 1080 } } })
    expect(room.view.get().clearFor).toBe('per_2')
    expect(fleet.line.offers().at(-1)?.publish[1]).toMatchObject({ source: 'camera', clear: true })
    const layers = () => fleet.connection.transceivers.flatMap(({ encodings }) => encodings).filter(({ rid }) => rid === 'f')
    expect(layers()[0]?.maxBitrate).toBe(5_000_000)
    const given = devices.given.length
    fleet.line.hear({ type: 'asked', source: 'camera', clear: true, person_id: 'per_2' })
    await vi.advanceTimersByTimeAsync(500)
    expect(devices.given).toHaveLength(given) // it is so already

    await sources.sharpen(false)
    await vi.advanceTimersByTimeAsync(500)
    expect(room.view.get().clearFor).toBeNull()
    expect(fleet.line.offers().at(-1)?.publish[1]).toMatchObject({ clear: false })
    expect(layers()[0]?.maxBitrate).toBe(2_500_000)
    room.close()
  })
})

describe('a bad line', () => {
  it('is followed down: small layer, then no picture, and the words follow the level', async () => {
    const fleet = new FakeFleet()
    fleet.tracks = THEIRS
    const { room } = await opened(fleet)
    const advise = (advice: 'low_video' | 'audio') =>
      fleet.line.hear({ type: 'quality', people: { per_1: 2, per_2: 4 }, you: { ...QUALITY, advice } })
    advise('low_video')
    expect(fleet.connection.transceivers[1]?.encodings.map(({ active }) => active)).toEqual([true, false, false])
    expect(fleet.line.said.filter((one) => one.type === 'want').at(-1)).toMatchObject({ track: 't2', height: 270 })
    advise('audio')
    expect(room.view.get()).toMatchObject({ level: 'audio', quality: 2, people: [{ quality: 4 }] })
    expect(fleet.line.said).toContainEqual({ type: 'mute', source: 'camera', muted: true })
    expect(fleet.line.said.filter((one) => one.type === 'want').at(-1)).toMatchObject({ track: 't2', height: 0 })
    room.close()
  })

  it('is sampled every five seconds', async () => {
    const { room, fleet, reported } = await opened()
    fleet.connection.rows = [{ type: 'inbound-rtp', kind: 'audio', packetsReceived: 10, bytesReceived: 10, audioLevel: 0 }]
    await vi.advanceTimersByTimeAsync(21_000)
    expect(reported).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(reported.filter(({ set_up_ms }) => set_up_ms !== undefined)).toHaveLength(1)
    room.close()
    expect(reported.length).toBeGreaterThanOrEqual(6)
  })
})

describe('a relay that fails', () => {
  it('is left for another within five seconds of its last packet, with the tracks as they were', async () => {
    const { room, fleet, devices } = await opened()
    fleet.dead.add('one')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(fleet.lostNodes).toEqual([undefined, 'one'])
    expect(fleet.line.node).toBe('two')
    expect(room.view.get().phase).toBe('open')
    expect(fleet.connections).toHaveLength(2)
    expect(fleet.connections[0]?.closed).toBe(true)
    expect(fleet.connection.transceivers[0]?.sender.track).toBe(devices.given[0])
    room.close()
  })

  it('has its control line opened again without touching media', async () => {
    const { room, fleet, sources } = await opened()
    sources.turnOff('camera')
    fleet.line.cut()
    await vi.advanceTimersByTimeAsync(600)
    expect(fleet.line.said[0]).toEqual({ type: 'hello', v: 1, resume: { session: 'ses_one', secret: 's' } })
    expect(fleet.line.said).toContainEqual({ type: 'mute', source: 'camera', muted: true })
    expect(fleet.connections).toHaveLength(1)
    expect(fleet.joins).toBe(1)
    room.close()
  })

  it('is looked for by another way when only media stops, and at a change of network', async () => {
    const { room, fleet } = await opened()
    fleet.noMedia = true
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fleet.connection.restarts).toBe(1)
    expect(room.view.get().phase).toBe('again')
    fleet.noMedia = false
    await vi.advanceTimersByTimeAsync(1_000)
    expect(room.view.get().phase).toBe('open')
    expect(fleet.joins).toBe(1)
    room.networkChanged()
    expect(fleet.connection.restarts).toBe(2)
    room.close()
  })

  it('is moved from while it still carries the call', async () => {
    const { room, fleet } = await opened()
    const [old, oldConnection] = [fleet.line, fleet.connection]
    fleet.home = 'two'
    old.hear({ type: 'move', reason: 'drain' })
    expect(oldConnection.closed).toBe(false)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(fleet.connections).toHaveLength(2)
    expect(oldConnection.closed).toBe(true)
    expect(old.said.at(-1)).toEqual({ type: 'bye', reason: 'bye' })
    expect(room.view.get().phase).toBe('open')
    room.close()
  })

  it('that is joined anew ends this device’s own older session, not the call', async () => {
    const { room, fleet } = await opened()
    fleet.noMedia = true
    await vi.advanceTimersByTimeAsync(11_500)
    fleet.noMedia = false
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fleet.joins).toBe(2)
    expect(fleet.line.node).toBe('one')
    expect(room.view.get()).toMatchObject({ phase: 'open', problem: null })
    room.close()
  })

  it('is followed when the room has gone to another without this device', async () => {
    const { room, fleet } = await opened()
    room.followTo('one')
    expect(fleet.joins).toBe(1)
    fleet.home = 'two'
    room.followTo('two')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(fleet.line.node).toBe('two')
    expect(room.view.get().phase).toBe('open')
    room.close()
  })

  it('gives the call up when no relay is reached for long', async () => {
    const { room, fleet } = await opened()
    fleet.dead.add('one').add('two')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(room.view.get()).toMatchObject({ phase: 'closed', problem: 'call.media_lost' })
    expect(fleet.joins).toBeGreaterThan(5)
  })

  it('that has a newer session of mine is not fought', async () => {
    const { room, fleet } = await opened()
    fleet.line.hear({ type: 'bye', reason: 'replaced' })
    expect(room.view.get()).toMatchObject({ phase: 'closed', problem: 'replaced' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(fleet.joins).toBe(1)
  })
})
