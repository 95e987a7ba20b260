import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { textOf } from '../src'
import { FakeHospital } from './fake_hospital'
import { openSignedIn, settle } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const MANY = 320

/** A doctor with 320 open conversations, each with one message. */
async function openMany() {
  const fake = new FakeHospital({ person_id: 'per_1', name: '王医生', role: 'doctor' })
  for (let n = 1; n <= MANY; n += 1) fake.say(`病人 ${n}`, `cnv_${n}`)
  const opened = await openSignedIn(fake)
  await opened.talks.refresh()
  return { fake, ...opened }
}

describe('a list of three hundred conversations', () => {
  it('moves one row for one message, and leaves every other as it was', async () => {
    const { fake, hospital, talks } = await openMany()
    const before = talks.list.get().items
    expect(before).toHaveLength(MANY)
    await vi.advanceTimersByTimeAsync(1_000)
    fake.say('急', 'cnv_200')
    await settle()
    const after = talks.list.get().items
    expect(after[0]).toMatchObject({ id: 'cnv_200', unread: 2, last_seq: 2 })
    expect(after.slice(1)).toEqual(before.filter(({ id }) => id !== 'cnv_200'))
    expect(after.filter((one, n) => n > 0 && !before.includes(one))).toEqual([])
    expect(talks.list.get().unread).toBe(MANY + 1)
    hospital.close()
  })

  it('is there page by page, before all of it was read', async () => {
    const fake = new FakeHospital({ person_id: 'per_1', name: '王医生', role: 'doctor' })
    for (let n = 1; n <= MANY; n += 1) fake.say(`病人 ${n}`, `cnv_${n}`)
    const { hospital, talks } = await openSignedIn(fake)
    const shown: string[] = []
    talks.list.subscribe(({ items, loaded, loading }) => shown.push(`${items.length} ${loaded} ${loading}`))
    await talks.refresh()
    expect(shown).toContain('100 true true')
    expect(shown.at(-1)).toBe(`${MANY} true false`)
    hospital.close()
  })

  it('keeps its rows when it is read again and nothing is new', async () => {
    const { hospital, talks } = await openMany()
    const before = talks.list.get().items
    await talks.refresh()
    expect(talks.list.get().items.every((one, n) => one === before[n])).toBe(true)
    hospital.close()
  })

  it('finds out by heartbeats what was pushed and lost, wherever it was said', async () => {
    const { fake, hospital, talks } = await openMany()
    fake.losePushes = 2
    fake.say('没听到', 'cnv_7')
    fake.say('也没听到', 'cnv_300')
    fake.requests.length = 0
    await vi.advanceTimersByTimeAsync(8 * 60_000)
    const lastOf = (id: string) => talks.list.get().items.find((one) => one.id === id)?.last_message
    expect(textOf(lastOf('cnv_7')!)).toBe('没听到')
    expect(textOf(lastOf('cnv_300')!)).toBe('也没听到')
    expect(fake.requests.filter((line) => line.includes('conversations'))).toHaveLength(2)
    const named = fake.frames.map((frame) => ('have' in frame ? Object.keys(frame.have ?? {}).length : 0))
    expect(Math.max(...named)).toBeLessThanOrEqual(50)
    hospital.close()
  })

  it('is read again when I was put into a conversation that it does not know', async () => {
    const { fake, hospital, talks } = await openMany()
    fake.log('cnv_new')
    fake.newest = 'cnv_new'
    await vi.advanceTimersByTimeAsync(61_000)
    expect(talks.list.get().items.some(({ id }) => id === 'cnv_new')).toBe(true)
    hospital.close()
  })

  it('counts what is muted apart, here at once, and takes it back when the hospital refuses', async () => {
    const { fake, hospital, talks } = await openMany()
    await talks.setMuted('cnv_1', true)
    expect(talks.list.get()).toMatchObject({ unread: MANY - 1, muted_unread: 1 })
    fake.refuseWith = { code: 'conversation.closed' }
    const refused = talks.setMuted('cnv_1', false).catch((reason: unknown) => reason)
    expect(talks.list.get().muted_unread).toBe(0)
    expect(await refused).toMatchObject({ code: 'conversation.closed' })
    expect(talks.list.get().muted_unread).toBe(1)
    hospital.close()
  })
})

describe('one conversation', () => {
  it('that lost a push hears of it with the next heartbeat', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.say('一')
    await talks.open('cnv_1')
    fake.losePushes = 1
    fake.say('二')
    await vi.advanceTimersByTimeAsync(61_000)
    expect(talks.view('cnv_1').get().messages.map(textOf)).toEqual(['一', '二'])
    hospital.close()
  })

  it('goes on from where I was taken in again: what was said between is not mine, and is not asked for again', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.say('一')
    await talks.open('cnv_1')
    fake.losePushes = 3
    for (const text of ['二', '三', '四']) fake.say(text)
    fake.firstSeq = 5
    fake.say('欢迎回来')
    await settle()
    fake.say('继续')
    await settle()
    expect(talks.view('cnv_1').get().messages.map(textOf)).toEqual(['欢迎回来', '继续'])
    fake.requests.length = 0
    await vi.advanceTimersByTimeAsync(180_000)
    expect(fake.requests).toEqual([])
    await talks.loadOlder('cnv_1')
    expect(talks.view('cnv_1').get()).toMatchObject({ complete: true, error: null })
    hospital.close()
  })

  it('is read back to a message that was found, and says when it is not there', async () => {
    const fake = new FakeHospital()
    for (let n = 1; n <= 450; n += 1) fake.say(String(n))
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    expect(await talks.loadUntil('cnv_1', 37)).toBe(true)
    const seqs = talks.view('cnv_1').get().messages.map(({ seq }) => seq)
    expect(seqs[0]).toBeLessThanOrEqual(37)
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => 451 - seqs.length + n))
    expect(await talks.loadUntil('cnv_1', 9_000)).toBe(false)
    hospital.close()
  })

  it('keeps a link to a file while it is good', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    expect(await talks.link('cnv_1', 3, 'thumbnail')).toBe('/media/3')
    fake.requests.length = 0
    await talks.link('cnv_1', 3, 'thumbnail')
    expect(fake.requests).toEqual([])
    vi.setSystemTime(Date.now() + 290_000)
    await talks.link('cnv_1', 3, 'thumbnail')
    expect(fake.requests).toHaveLength(1)
    hospital.close()
  })
})
