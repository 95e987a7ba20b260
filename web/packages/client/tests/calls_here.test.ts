import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Calls } from '../src/calls/calls'
import type { Connection, ConnectionEvents } from '../src/connection/connection'
import { ApiError } from '../src/errors'
import { Emitter } from '../src/store'
import { aCall, FakeCalling } from './fake_calling'
import { FakeStorage } from './fake_hospital'
import { FakeDevices, FakeFleet } from './fake_relay'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function onDevice(calling = new FakeCalling(), storage: Storage = new FakeStorage()) {
  const events = new Emitter<ConnectionEvents>()
  const [fleet, devices] = [new FakeFleet(), new FakeDevices()]
  calling.join = fleet.join
  const calls = new Calls(calling.api, { events } as unknown as Connection, 'per_1', {
    media: { connect: fleet.connect, openWire: fleet.openWire, now: () => Date.now() },
    devices: devices.asBrowser,
    storage,
  })
  const push = (call = calling.call!) => events.emit('call', { call: (calling.call = call) })
  return { calls, calling, events, fleet, devices, storage, push }
}

const settle = () => vi.advanceTimersByTimeAsync(1_200)

describe('a call that comes', () => {
  it('rings once, is answered by one tap, and its media opens', async () => {
    const { calls, calling, fleet, push } = onDevice()
    push(aCall())
    push(aCall({ revision: 2 }, ['accepted', 'ringing']))
    expect(calls.view.get()).toMatchObject({ phase: 'incoming', sources: null })
    expect(calling.asked).toEqual(['ringing'])
    await calls.answer('video')
    await settle()
    expect(calling.asked).toEqual(['ringing', 'answer', 'join'])
    expect(calls.view.get().room?.view.get().phase).toBe('open')
    push(aCall({ revision: 9, state: 'connected', connected_at: '2026-01-01T00:00:05Z' }, ['connected', 'connected']))
    expect(calls.view.get().phase).toBe('in_call')
    await calls.hangUp()
    expect(calling.asked.at(-1)).toBe('end')
    expect(calls.view.get()).toMatchObject({ phase: 'over', room: null, call: { outcome: 'completed', seconds: 61 } })
    expect(fleet.connection.closed).toBe(true)
    calls.dismiss()
    expect(calls.view.get().call).toBeNull()
    calls.close()
  })

  it('says when another device of mine has answered, until it is over or something else rings', async () => {
    const { calls, push } = onDevice()
    const answered = (id: string) => aCall({ id, revision: 2, state: 'accepted' }, ['accepted', 'accepted'])
    push(aCall())
    push(answered('cal_1'))
    expect(calls.view.get()).toMatchObject({ phase: 'elsewhere', call: { id: 'cal_1' }, sources: null })
    push(aCall({ id: 'cal_2' }))
    expect(calls.view.get()).toMatchObject({ phase: 'incoming', call: { id: 'cal_2' } })
    push(answered('cal_2'))
    calls.dismiss()
    push(answered('cal_2'))
    expect(calls.view.get()).toMatchObject({ call: null, phase: null })
    push(aCall({ id: 'cal_3' }))
    push(answered('cal_3'))
    push(aCall({ id: 'cal_3', revision: 9, state: 'ended', outcome: 'completed' }, ['left', 'left']))
    expect(calls.view.get()).toMatchObject({ call: null, phase: null })
    calls.close()
  })

  it.each(['missed', 'cancelled'] as const)('says that it was %s where it rang, and nothing where I declined', async (outcome) => {
    const { calls, push } = onDevice()
    push(aCall())
    push(aCall({ revision: 2, state: 'ended', outcome }, ['left', 'missed']))
    expect(calls.view.get()).toMatchObject({ phase: 'over', call: { outcome } })
    calls.dismiss()
    push(aCall({ id: 'cal_2' }))
    push(aCall({ id: 'cal_2', revision: 2, state: 'ended', outcome: 'declined' }, ['left', 'declined']))
    expect(calls.view.get()).toMatchObject({ call: null, phase: null })
    calls.close()
  })

  it('that another device answered first says so, and lets the camera go', async () => {
    const { calls, calling, devices, push } = onDevice()
    push(aCall())
    calling.refuse = new ApiError({ code: 'call.answered_elsewhere', status: 409 })
    await calls.answer('video')
    expect(calls.view.get()).toMatchObject({ error: { code: 'call.answered_elsewhere' }, sources: null })
    await settle()
    expect(devices.given.every(({ readyState }) => readyState === 'ended')).toBe(true)
    calls.close()
  })

  it('is declined', async () => {
    const { calls, calling, push } = onDevice()
    push(aCall())
    await calls.decline()
    expect(calling.asked).toContain('decline declined')
    expect(calls.view.get().call).toBeNull()
    calls.close()
  })

  it('while I am in another hears that I am busy, once', async () => {
    const { calls, calling, push } = onDevice()
    push(aCall())
    await calls.answer('audio')
    await settle()
    const mine = calling.call
    push(aCall({ id: 'cal_2', revision: 1 }))
    push(aCall({ id: 'cal_2', revision: 1 }))
    expect(calling.asked.filter((one) => one === 'decline busy')).toHaveLength(1)
    expect(calls.view.get().call?.id).toBe(mine?.id)
    calls.close()
  })
})

describe('a call that I begin', () => {
  it('shows my own picture while it rings, and joins when they answer', async () => {
    const { calls, calling, push } = onDevice()
    await calls.start('cnv_1', 'video')
    await settle()
    expect(calls.view.get()).toMatchObject({ phase: 'ringing', room: null })
    expect(calls.view.get().sources?.view.get().camera).toBe('on')
    push({ ...calling.call!, revision: 8, state: 'accepted', members: aCall({}, ['accepted', 'accepted']).members })
    await settle()
    expect(calling.asked).toEqual(['start', 'join'])
    expect(calls.view.get().phase).toBe('answering')
    calls.close()
  })

  it('is over at once and says so where they are in another call', async () => {
    const { calls, calling } = onDevice()
    calling.begins = { state: 'ended', outcome: 'busy' }
    await calls.start('cnv_1', 'video')
    expect(calls.view.get()).toMatchObject({ phase: 'over', call: { outcome: 'busy' }, sources: null })
    calls.dismiss()
    calling.begins = {}
    await calls.start('cnv_1', 'video')
    expect(calls.view.get().phase).toBe('ringing')
    calls.close()
  })

  it('is taken back', async () => {
    const { calls, calling } = onDevice()
    await calls.start('cnv_1', 'audio')
    await calls.hangUp()
    expect(calling.asked).toEqual(['start', 'cancel'])
    expect(calls.view.get()).toMatchObject({ phase: 'over', call: { outcome: 'cancelled' } })
    calls.close()
  })

  it('that the hospital refuses says why', async () => {
    const { calls, calling } = onDevice()
    calling.refuse = new ApiError({ code: 'visit.closed', status: 409 })
    await calls.start('cnv_1', 'video')
    expect(calls.view.get()).toMatchObject({ phase: null, busy: false, error: { code: 'visit.closed' } })
    calls.close()
  })
})

describe('relays in several regions', () => {
  const PLACES = [
    { region: 'north', control_url: 'wss://north/v1/control' },
    { region: 'south', control_url: '' },
  ]

  it('are measured before a call begins or is answered, and told as far as they answer', async () => {
    const { calls, calling, events, fleet, push } = onDevice()
    calling.places = PLACES
    events.emit('online', { first: true, gap: true, behind: {} })
    await settle()
    await calls.start('cnv_1', 'audio')
    expect(calling.near).toEqual([{ north: 0 }])
    await calls.hangUp()
    calls.dismiss()
    push(aCall({ id: 'cal_2' }))
    await settle()
    expect(fleet.wires).toHaveLength(2)
    await calls.answer('audio')
    expect(calling.near).toEqual([{ north: 0 }, { north: 0 }])
    expect(fleet.wires.slice(0, 2).every(({ closed, said }) => closed && said.length === 0)).toBe(true)
    calls.close()
  })

  it('are not asked where there is no choice', async () => {
    const { calls, calling, fleet } = onDevice()
    await calls.start('cnv_1', 'audio')
    expect([calling.near, fleet.wires]).toEqual([[{}], []])
    calls.close()
  })
})

describe('what gets lost', () => {
  it('a reload goes on with the call, with the same device', async () => {
    const before = onDevice()
    before.push(aCall())
    await before.calls.answer('video')
    await settle()
    before.calls.close()
    const after = onDevice(before.calling, before.storage)
    after.events.emit('online', { first: true, gap: true, behind: {} })
    await settle()
    expect(after.calls.view.get().phase).toBe('answering')
    expect(after.calls.view.get().room?.view.get().phase).toBe('open')
    after.calls.close()
  })

  it('a frame that never came is read within seconds', async () => {
    const { calls, calling, push } = onDevice()
    push(aCall())
    calling.call = aCall({ revision: 5, state: 'ended', outcome: 'missed' }, ['left', 'missed'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(calls.view.get().phase).toBe('over')
    calls.close()
  })

  it('what is over by itself is asked for at that moment', async () => {
    const { calls, calling, push } = onDevice()
    push(aCall({ due_at: new Date(Date.now() + 6_000).toISOString() }))
    await vi.advanceTimersByTimeAsync(5_900)
    calling.call = aCall({ revision: 5, state: 'ended', outcome: 'missed' }, ['left', 'missed'])
    expect(calls.view.get().phase).toBe('incoming')
    await vi.advanceTimersByTimeAsync(500)
    expect(calls.view.get().phase).toBe('over')
    calls.close()
  })

  it('hung up without a network, it is over here all the same', async () => {
    const { calls, calling, push } = onDevice()
    push(aCall())
    await calls.answer('video')
    await settle()
    calling.refuse = new ApiError({ code: 'client.offline' })
    await calls.hangUp()
    expect(calls.view.get()).toMatchObject({ phase: 'over', room: null, error: { code: 'client.offline' } })
    calls.close()
  })

  it('another tab that takes the call over is not fought', async () => {
    const { calls, fleet, push } = onDevice()
    push(aCall())
    await calls.answer('video')
    await settle()
    fleet.line.hear({ type: 'bye', reason: 'replaced' })
    expect(calls.view.get()).toMatchObject({ call: null, phase: null, room: null })
    calls.close()
  })
})
