import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { textOf } from '../src'
import { FakeHospital } from './fake_hospital'
import { online, openPage, openSignedIn, settle } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Signed in where sockets are not let through, polling. */
async function openBlocked(how: 'hang' | 'fail') {
  const fake = new FakeHospital()
  fake.sockets = how
  const hospital = openPage(fake)
  await hospital.session.signInAsPatient('13800000000', '123456')
  const began = Date.now()
  for (let n = 0; n < 60 && hospital.connection.phase.get() !== 'online'; n += 1) {
    await vi.advanceTimersByTimeAsync(100)
  }
  return { fake, hospital, talks: hospital.conversations.get()!, took: Date.now() - began }
}

describe('where sockets are blocked', () => {
  it('polls within five seconds when a socket says nothing, and at once when it is refused', async () => {
    const silent = await openBlocked('hang')
    expect(silent.hospital.connection.transport.get()).toBe('poll')
    expect(silent.took).toBeLessThanOrEqual(5_100)
    silent.hospital.close()
    const refused = await openBlocked('fail')
    expect(refused.hospital.connection.transport.get()).toBe('poll')
    expect(refused.took).toBeLessThan(1_000)
    refused.hospital.close()
  })

  it('sends and receives over the polls, in order, and keeps asking with what it has', async () => {
    const { fake, hospital, talks } = await openBlocked('fail')
    await talks.open('cnv_1')
    const sent = talks.send('cnv_1', '一')
    await settle()
    expect(await sent.outcome).toMatchObject({ result: 'delivered', seq: 1 })
    for (const text of ['二', '三', '四']) fake.say(text)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(talks.view('cnv_1').get().messages.map(textOf)).toEqual(['一', '二', '三', '四'])
    fake.say('五')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(talks.view('cnv_1').get().messages.map(textOf).at(-1)).toBe('五')
    expect(fake.polls[0]?.after).toBe(fake.polls[0]?.frames.length)
    hospital.close()
  })

  it('shows a refusal that comes by a poll as it shows one from a socket', async () => {
    const { fake, hospital, talks } = await openBlocked('fail')
    fake.refuseWith = { code: 'conversation.closed' }
    const sent = talks.send('cnv_1', '太晚了')
    await settle()
    expect(await sent.outcome).toMatchObject({ result: 'failed', failure: { code: 'conversation.closed' } })
    hospital.close()
  })

  it('tries the socket again, and loses nothing at the change', async () => {
    const { fake, hospital, talks } = await openBlocked('hang')
    const phases: string[] = []
    hospital.connection.phase.subscribe((phase) => phases.push(phase))
    await talks.open('cnv_1')
    await vi.advanceTimersByTimeAsync(4 * 60_000 + 6_000)
    expect(hospital.connection.transport.get()).toBe('poll')
    fake.sockets = 'pass'
    for (let n = 1; n <= 60; n += 1) {
      fake.say(`来 ${n}`)
      if (n % 10 === 0) talks.send('cnv_1', `去 ${n}`)
      await vi.advanceTimersByTimeAsync(5_000)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(hospital.connection.transport.get()).toBe('socket')
    expect(phases).toEqual([])
    const seqs = talks.view('cnv_1').get().messages.map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: 66 }, (_, n) => n + 1))
    expect(fake.messages.filter(({ sender }) => sender?.person_id === 'per_1')).toHaveLength(6)
    const polls = () => fake.requests.filter((line) => line.includes('/polls/')).length
    const before = polls()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(polls()).toBe(before)
    hospital.close()
  })

  it('begins anew when the hospital forgot the mailbox, and reads what was missed', async () => {
    const { fake, hospital, talks } = await openBlocked('fail')
    await talks.open('cnv_1')
    for (const poll of fake.polls) poll.gone = true
    fake.say('漏掉的')
    for (const poll of fake.polls) poll.wake()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fake.polls.length).toBeGreaterThan(1)
    expect(talks.view('cnv_1').get().messages.map(textOf)).toEqual(['漏掉的'])
    hospital.close()
  })
})

describe('a poll whose answer got lost', () => {
  it('is asked for again, and what it brought is taken once', async () => {
    const { fake, hospital } = await openBlocked('fail')
    const heard: number[] = []
    hospital.connection.events.on('message', ({ seq }) => heard.push(seq))
    fake.losePolls = 1
    for (const text of ['一', '二', '三']) fake.say(text)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(heard).toEqual([1, 2, 3])
    expect(fake.polls).toHaveLength(1)
    hospital.close()
  })
})

describe('entry points', () => {
  const sockets = ['wss://a.test/socket', 'wss://b.test/socket']

  it('are tried in order: the first that welcomes is taken', async () => {
    const fake = new FakeHospital()
    fake.entries = sockets.map((url, n) => ({ url, kind: 'socket', priority: n + 1 }))
    const { hospital } = await openSignedIn(fake)
    expect(fake.wires.map(({ url }) => url.split('?')[0])).toEqual(['wss://a.test/socket'])
    hospital.close()
  })

  it('are gone through without waiting when one is down, and the hospital is asked again after a loss', async () => {
    const fake = new FakeHospital()
    fake.entries = sockets.map((url, n) => ({ url, kind: 'socket', priority: n + 1 }))
    fake.down.add('wss://a.test')
    const { hospital } = await openSignedIn(fake)
    expect(fake.liveWires[0]?.url).toContain('wss://b.test/socket')
    fake.entries = [{ url: 'wss://c.test/socket', kind: 'socket', priority: 1 }]
    fake.liveWires[0]?.cut()
    await vi.advanceTimersByTimeAsync(3_000)
    await online(hospital)
    expect(fake.liveWires[0]?.url).toContain('wss://c.test/socket')
    expect(hospital.connection.transport.get()).toBe('socket')
    hospital.close()
  })
})
