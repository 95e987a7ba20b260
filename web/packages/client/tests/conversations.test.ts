import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { textOf } from '../src'
import type { Conversations } from '../src'
import { FakeHospital, FakeStorage } from './fake_hospital'
import { openPage, openSignedIn, settle } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const texts = (talks: Conversations) => talks.view('cnv_1').get().messages.map(textOf)
const seqs = (talks: Conversations) => talks.view('cnv_1').get().messages.map((message) => message.seq)

describe('sending', () => {
  it('shows the message at once, then as stored, once', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    talks.send('cnv_1', '您好')
    expect(talks.view('cnv_1').get().outgoing).toHaveLength(1)
    await settle()
    expect(texts(talks)).toEqual(['您好'])
    expect(talks.view('cnv_1').get().outgoing).toEqual([])
    hospital.close()
  })

  it('resends under the same id after a lost connection, and the message is stored and shown once', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.loseAcks = 1
    fake.losePushes = 1
    talks.send('cnv_1', '只发一次')
    await settle()
    expect(talks.view('cnv_1').get().outgoing[0]?.state).toBe('sending')
    fake.liveWires[0]?.cut()
    expect(talks.view('cnv_1').get().outgoing[0]?.state).toBe('waiting')
    await vi.advanceTimersByTimeAsync(3000)
    expect(fake.messages).toHaveLength(1)
    expect(texts(talks)).toEqual(['只发一次'])
    expect(talks.view('cnv_1').get().outgoing).toEqual([])
    hospital.close()
  })

  it('resends on the same connection when only the acknowledgement was lost', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.loseAcks = 1
    fake.losePushes = 1
    talks.send('cnv_1', '一')
    await vi.advanceTimersByTimeAsync(11_000)
    expect(fake.messages).toHaveLength(1)
    expect(texts(talks)).toEqual(['一'])
    expect(fake.wires).toHaveLength(1)
    hospital.close()
  })

  it('keeps the order of writing, one under way at a time', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    for (const text of ['一', '二', '三', '四']) talks.send('cnv_1', text)
    expect(fake.wires[0]?.sent.filter((frame) => frame.action === 'send')).toHaveLength(1)
    await settle()
    expect(texts(talks)).toEqual(['一', '二', '三', '四'])
    hospital.close()
  })

  it('keeps what could not be sent over a reload, and sends it then', async () => {
    const fake = new FakeHospital()
    const storage = new FakeStorage()
    const { hospital, talks } = await openSignedIn(fake, storage)
    await talks.open('cnv_1')
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    talks.send('cnv_1', '离线时写的')
    hospital.close()
    fake.noNetwork = false
    const after = openPage(fake, storage)
    await after.session.restore()
    await settle()
    expect(fake.messages.map(textOf)).toEqual(['离线时写的'])
    expect(storage.length).toBe(1) // only the mark that a session exists
    after.close()
  })

  it('keeps a refused message with its reason until the writer decides', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.refuseWith = { code: 'conversation.closed' }
    const { id } = talks.send('cnv_1', '太晚了')
    await settle()
    expect(talks.view('cnv_1').get().outgoing[0]).toMatchObject({
      state: 'failed',
      failure: { code: 'conversation.closed', requestId: 'r1' },
    })
    fake.refuseWith = null
    talks.retry(id)
    await settle()
    expect(texts(talks)).toEqual(['太晚了'])
    fake.refuseWith = { code: 'conversation.closed' }
    const { id: other } = talks.send('cnv_1', '算了')
    await settle()
    expect(talks.discard(other)).toBe('算了')
    expect(talks.view('cnv_1').get().outgoing).toEqual([])
    hospital.close()
  })

  it('repeats by itself what the hospital could not take just now', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.refuseWith = { code: 'limit.too_many', facts: { retry_after_seconds: 2 } }
    talks.send('cnv_1', '慢一点')
    await settle()
    expect(talks.view('cnv_1').get().outgoing[0]?.state).toBe('waiting')
    fake.refuseWith = null
    await vi.advanceTimersByTimeAsync(2100)
    expect(texts(talks)).toEqual(['慢一点'])
    hospital.close()
  })
})

describe('reading', () => {
  it('reads what is missing when a number is skipped, and shows it in order', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.say('一')
    await talks.open('cnv_1')
    fake.losePushes = 2
    for (const text of ['二', '三', '四']) fake.say(text)
    await settle()
    expect(texts(talks)).toEqual(['一', '二', '三', '四'])
    expect(fake.requests.filter((line) => line.includes('after=1'))).toHaveLength(1)
    hospital.close()
  })

  it('catches up after a reconnect, over several pages', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.say('1')
    await talks.open('cnv_1')
    fake.liveWires[0]?.cut()
    for (let n = 2; n <= 251; n += 1) fake.say(String(n))
    await vi.advanceTimersByTimeAsync(3000)
    expect(seqs(talks)).toEqual(Array.from({ length: 251 }, (_, n) => n + 1))
    hospital.close()
  })

  it('shows a message that is pushed twice, or out of order, once and in its place', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.losePushes = 3
    const [first, second, third] = [fake.say('一'), fake.say('二'), fake.say('三')]
    for (const message of [first, third, second, third, first]) fake.push({ type: 'message', message })
    await settle()
    expect(seqs(talks)).toEqual([1, 2, 3])
    hospital.close()
  })

  it('reads history backwards page by page until it is complete', async () => {
    const fake = new FakeHospital()
    for (let n = 1; n <= 45; n += 1) fake.say(String(n))
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    expect(seqs(talks)).toHaveLength(20)
    expect(talks.view('cnv_1').get().complete).toBe(false)
    await talks.loadOlder('cnv_1')
    await talks.loadOlder('cnv_1')
    await talks.loadOlder('cnv_1')
    expect(seqs(talks)).toEqual(Array.from({ length: 45 }, (_, n) => n + 1))
    expect(talks.view('cnv_1').get().complete).toBe(true)
    hospital.close()
  })

  it('counts what is unread, and tells the hospital what was read, again if it was not heard', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.refresh()
    fake.say('一')
    fake.say('二')
    await settle()
    expect(talks.list.get().unread).toBe(2)
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    talks.markRead('cnv_1', 2)
    await settle()
    expect(talks.list.get().unread).toBe(0)
    expect(fake.readSeq).toBe(0)
    fake.noNetwork = false
    await vi.advanceTimersByTimeAsync(5000)
    expect(fake.readSeq).toBe(2)
    expect(talks.list.get().unread).toBe(0)
    hospital.close()
  })

  it('tells a failed history read and repairs it on the next open', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.say('一')
    fake.noNetwork = true
    await talks.open('cnv_1')
    expect(talks.view('cnv_1').get().error?.code).toBe('client.unreachable')
    fake.noNetwork = false
    await talks.open('cnv_1')
    expect(talks.view('cnv_1').get()).toMatchObject({ error: null, loading: 'none' })
    expect(texts(talks)).toEqual(['一'])
    hospital.close()
  })

  it('takes a conversation up by the first message of it, and by a notice about what it is for', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.say('您好')
    await settle()
    expect(talks.list.get().items.map((one) => one.id)).toEqual(['cnv_1'])
    fake.requests.length = 0
    fake.push({ type: 'notice', topic: 'visit.finished.v1', subject: 'vis_1', sequence: 5 })
    await settle()
    expect(fake.requests).toEqual(['GET /messaging/conversations/cnv_1'])
    hospital.close()
  })

  it('tells pages to look again by notices', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    const seen: string[] = []
    hospital.connection.events.on('notice', ({ topic, subject }) => seen.push(`${topic} ${subject}`))
    fake.push({ type: 'notice', topic: 'visit.applied.v1', subject: 'vis_7', sequence: 1 })
    await settle()
    expect(seen).toEqual(['visit.applied.v1 vis_7'])
    hospital.close()
  })

  it('counts what waits to be sent over all conversations', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    talks.send('cnv_1', '一')
    talks.send('cnv_2', '二')
    expect(talks.pending.get()).toBe(2)
    hospital.close()
  })
})
