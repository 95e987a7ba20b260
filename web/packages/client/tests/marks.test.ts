import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeHospital } from './fake_hospital'
import { openSignedIn, settle } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const told = (fake: FakeHospital, action: string) => fake.frames.filter((frame) => frame.action === action)

describe('marks', () => {
  it('of delivery are drawn together: one a second, the newest number', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    for (let n = 0; n < 20; n += 1) {
      fake.say(String(n))
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told(fake, 'delivered').length).toBeLessThanOrEqual(3)
    expect(told(fake, 'delivered').at(-1)).toMatchObject({ conversation_id: 'cnv_1', seq: 20 })
    hospital.close()
  })

  it('of delivery are left out where a read mark says as much', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    await talks.refresh()
    fake.say('一')
    await settle()
    talks.markRead('cnv_1', 1)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(told(fake, 'delivered')).toEqual([])
    expect(told(fake, 'read')).toHaveLength(1)
    hospital.close()
  })

  it('of delivery follow for what came while this device was away', async () => {
    const fake = new FakeHospital()
    fake.say('一')
    fake.say('二')
    const { hospital, talks } = await openSignedIn(fake)
    await talks.refresh()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(fake.deliveredSeq).toBe(2)
    hospital.close()
  })

  it('of others are shown as told, never go back, and follow from what they write', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    for (const text of ['一', '二', '三']) talks.send('cnv_1', text)
    await settle()
    const marks = () => talks.view('cnv_1').get().marks['per_2']
    fake.push({ type: 'delivered', conversation_id: 'cnv_1', person_id: 'per_2', seq: 2 })
    await settle()
    expect(marks()).toEqual({ read_seq: 0, delivered_seq: 2 })
    fake.push({ type: 'read', conversation_id: 'cnv_1', person_id: 'per_2', seq: 2 })
    fake.push({ type: 'read', conversation_id: 'cnv_1', person_id: 'per_2', seq: 1 })
    await settle()
    expect(marks()).toEqual({ read_seq: 2, delivered_seq: 2 })
    fake.say('四')
    await settle()
    expect(marks()).toEqual({ read_seq: 4, delivered_seq: 4 })
    hospital.close()
  })

  it('of mine from another device count here', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.refresh()
    fake.say('一')
    fake.say('二')
    await settle()
    expect(talks.list.get().unread).toBe(2)
    fake.push({ type: 'read', conversation_id: 'cnv_1', person_id: 'per_1', seq: 2 })
    await settle()
    expect(talks.list.get().unread).toBe(0)
    hospital.close()
  })
})

describe('what may get lost', () => {
  it('writing is told at most every three seconds, shown for six, and over with the message', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    for (let n = 0; n < 70; n += 1) {
      talks.typing('cnv_1')
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(told(fake, 'typing')).toHaveLength(3)
    const typing = () => talks.view('cnv_1').get().typing
    fake.push({ type: 'typing', conversation_id: 'cnv_1', person_id: 'per_2' })
    await vi.advanceTimersByTimeAsync(5_900)
    expect(typing()).toEqual(['per_2'])
    await vi.advanceTimersByTimeAsync(200)
    expect(typing()).toEqual([])
    fake.push({ type: 'typing', conversation_id: 'cnv_1', person_id: 'per_2' })
    await settle()
    fake.say('好了')
    await settle()
    expect(typing()).toEqual([])
    hospital.close()
  })

  it('presence is asked for, and shown as answered', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    expect(talks.view('cnv_1').get().present).toBeNull()
    talks.askPresence('cnv_1')
    await settle()
    expect(talks.view('cnv_1').get().present).toEqual(['per_2'])
    hospital.close()
  })
})
