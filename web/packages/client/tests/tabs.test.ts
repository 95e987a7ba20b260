import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Conversations, Hospital } from '../src'
import { textOf } from '../src'
import { FakeHospital, FakeStorage } from './fake_hospital'
import { FakeBrowser } from './fake_tabs'
import type { FakeTab } from './fake_tabs'
import { openSignedIn, settle, until } from './page'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] }))
afterEach(() => void vi.useRealTimers())

interface Open {
  tab: FakeTab
  hospital: Hospital
  talks: Conversations
}

/** Two tabs of one person, in the order in which they were opened. */
async function openTwo(fake: FakeHospital) {
  const browser = new FakeBrowser()
  const storage = new FakeStorage()
  const indexedDb = new IDBFactory()
  const open = async (): Promise<Open> => {
    const tab = browser.open()
    const opened = await openSignedIn(fake, storage, { tabs: tab.surroundings, indexedDb })
    await settle()
    return { tab, ...opened }
  }
  return { browser, one: await open(), two: await open(), open }
}

const texts = ({ talks }: Open) => talks.view('cnv_1').get().messages.map(textOf)
const sends = (fake: FakeHospital) => fake.frames.filter(({ action }) => action === 'send')

/** Stops the page's code as closing a tab does: without a word to anybody. */
function closeTab(one: Open): void {
  one.tab.close()
  one.hospital.close()
}

describe('two tabs of one person', () => {
  it('share one socket: both send, both hear, each message is stored and shown once', async () => {
    const fake = new FakeHospital()
    const { one, two } = await openTwo(fake)
    expect(fake.liveWires).toHaveLength(1)
    for (const each of [one, two]) await each.talks.open('cnv_1')
    const first = one.talks.send('cnv_1', '从第一个')
    const second = two.talks.send('cnv_1', '从第二个')
    fake.say('回答')
    await until(() => texts(one).length === 3 && texts(two).length === 3)
    expect(await first.outcome).toMatchObject({ result: 'delivered' })
    expect(await second.outcome).toMatchObject({ result: 'delivered' })
    expect(fake.messages).toHaveLength(3)
    for (const each of [one, two]) {
      expect(new Set(texts(each))).toEqual(new Set(['从第一个', '从第二个', '回答']))
      expect(each.talks.view('cnv_1').get().outgoing).toEqual([])
      expect(each.talks.pending.get()).toBe(0)
    }
    expect(sends(fake)).toHaveLength(2)
    expect(fake.wires).toHaveLength(1)
    closeTab(one)
    closeTab(two)
  })

  it('go on at once when the one that held the socket is closed, with what it had not sent', async () => {
    const fake = new FakeHospital()
    const { one, two } = await openTwo(fake)
    for (const each of [one, two]) await each.talks.open('cnv_1')
    fake.loseAcks = 1
    fake.losePushes = 1
    one.talks.send('cnv_1', '发到一半')
    await until(() => two.talks.view('cnv_1').get().outgoing[0]?.state === 'sending' && fake.messages.length === 1)
    closeTab(one)
    const began = Date.now()
    await until(() => texts(two).length === 1)
    expect(Date.now() - began).toBeLessThan(1_000)
    expect(two.hospital.connection.leading.get()).toBe(true)
    expect(two.hospital.connection.phase.get()).toBe('online')
    expect(fake.messages).toHaveLength(1)
    expect(texts(two)).toEqual(['发到一半'])
    expect(two.talks.pending.get()).toBe(0)
    closeTab(two)
  })

  it('send what was written without a network once, after a reload of both', async () => {
    const fake = new FakeHospital()
    const { one, two, open } = await openTwo(fake)
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    one.talks.send('cnv_1', '甲')
    await vi.advanceTimersByTimeAsync(10)
    two.talks.send('cnv_1', '乙')
    await until(() => one.talks.pending.get() === 2)
    closeTab(one)
    closeTab(two)
    fake.noNetwork = false
    const [three, four] = [await open(), await open()]
    await until(() => fake.messages.length === 2)
    await until(() => [three, four].every(({ talks }) => talks.pending.get() === 0))
    expect(fake.messages.map(textOf)).toEqual(['甲', '乙'])
    expect(sends(fake)).toHaveLength(2)
    for (const each of [three, four]) expect(each.talks.pending.get()).toBe(0)
    closeTab(three)
    closeTab(four)
  })

  it('take the socket from a tab that the browser froze', async () => {
    const fake = new FakeHospital()
    const { browser, one, two } = await openTwo(fake)
    one.tab.frozen = true
    await vi.advanceTimersByTimeAsync(20_000)
    expect(browser.holder()).toBe(two.tab)
    expect(two.hospital.connection.leading.get()).toBe(true)
    expect(one.hospital.connection.leading.get()).toBe(false)
    await two.talks.open('cnv_1')
    two.talks.send('cnv_1', '还在')
    await until(() => texts(two).length === 1)
    expect(texts(two)).toEqual(['还在'])
    closeTab(one)
    closeTab(two)
  })

  it('leave a leader alone that answers, however long nothing is said', async () => {
    const fake = new FakeHospital()
    const { browser, one, two } = await openTwo(fake)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(browser.holder()).toBe(one.tab)
    expect(fake.wires).toHaveLength(1)
    closeTab(one)
    closeTab(two)
  })

  it('tell the hospital the least that either holds, so that a tab that missed something hears of it', async () => {
    const fake = new FakeHospital()
    const { one, two } = await openTwo(fake)
    fake.say('一')
    await two.talks.open('cnv_1')
    two.tab.frozen = true
    fake.say('二')
    await until(() => one.talks.list.get().items[0]?.last_seq === 2)
    await settle()
    two.tab.frozen = false
    expect(texts(two)).toEqual(['一'])
    await vi.advanceTimersByTimeAsync(80_000)
    await until(() => texts(two).length === 2)
    expect(texts(two)).toEqual(['一', '二'])
    closeTab(one)
    closeTab(two)
  })

  it('both see what waits, and take it back together', async () => {
    const fake = new FakeHospital()
    const { one, two } = await openTwo(fake)
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    const { id } = two.talks.send('cnv_1', '算了')
    await until(() => one.talks.view('cnv_1').get().outgoing[0]?.text === '算了')
    expect(two.talks.discard(id)).toBe('算了')
    await until(() => one.talks.pending.get() === 0)
    fake.noNetwork = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fake.messages).toEqual([])
    closeTab(one)
    closeTab(two)
  })

  it('forget what was written when one of them signs out', async () => {
    const fake = new FakeHospital()
    const { one, two, open } = await openTwo(fake)
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    two.talks.send('cnv_1', '不该留下')
    await vi.advanceTimersByTimeAsync(10)
    fake.noNetwork = false
    one.hospital.connection.stop()
    two.hospital.connection.stop()
    await one.hospital.session.signOut()
    await vi.advanceTimersByTimeAsync(10)
    closeTab(one)
    closeTab(two)
    const three = await open()
    await vi.advanceTimersByTimeAsync(100)
    expect(fake.messages).toEqual([])
    expect(three.talks.pending.get()).toBe(0)
    closeTab(three)
  })
})
