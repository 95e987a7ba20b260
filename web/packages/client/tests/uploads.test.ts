import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { shrunk } from '../src/conversations/pictures'
import type { OpenPicture } from '../src/conversations/pictures'
import { FakeHospital, FakeStorage } from './fake_hospital'
import { openPage, openSignedIn, until } from './page'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
/** 35 bytes: four parts of the fake hospital. */
const report = () => new File(['0123456789'.repeat(3) + '01234'], '报告.pdf', { type: 'application/pdf' })

describe('a file', () => {
  it('is brought part by part, checked by the hospital, and then its message goes out', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    const progress: (number | null)[] = []
    talks.view('cnv_1').subscribe(({ outgoing }) => progress.push(outgoing[0]?.progress ?? null))
    const sent = talks.send('cnv_1', { type: 'file', file: report() })
    expect(talks.view('cnv_1').get().outgoing[0]).toMatchObject({
      state: 'uploading',
      content: { name: '报告.pdf', size: 35, media_type: 'application/pdf' },
    })
    await until(() => fake.messages.length === 1)
    expect(await sent.outcome).toMatchObject({ result: 'delivered' })
    expect(fake.store.uploads[0]?.asked).toMatchObject({
      type: 'file',
      name: '报告.pdf',
      size: 35,
      sha256: 'rrx+XN/ueDkJeRD66D1ZQMSRvQbz8yb8HssryhiV1Lc=',
    })
    expect(fake.store.puts).toEqual([1, 2, 3, 4])
    expect(fake.messages[0]).toMatchObject({ type: 'file', content: { upload_id: 'upl_1' } })
    expect(progress).toEqual(expect.arrayContaining([0, 10 / 35, 20 / 35, 1]))
    expect(talks.view('cnv_1').get().outgoing).toEqual([])
    hospital.close()
  })

  it('carries on with the missing parts after a part was refused, and after a reload', async () => {
    const fake = new FakeHospital()
    const storage = new FakeStorage()
    const indexedDb = new IDBFactory()
    const { hospital, talks } = await openSignedIn(fake, storage, { indexedDb })
    await talks.open('cnv_1')
    fake.store.failParts = 1
    fake.store.hangAfter = 2
    talks.send('cnv_1', { type: 'file', file: report() })
    await until(() => fake.store.hangs)
    hospital.close()
    expect(fake.store.puts).toEqual([1, 2])
    fake.store.hangAfter = Infinity

    const after = openPage(fake, storage, { indexedDb })
    await after.session.restore()
    await until(() => fake.messages.length === 1)
    expect(fake.store.uploads).toHaveLength(1)
    expect(fake.store.puts).toEqual([1, 2, 3, 4])
    expect(fake.store.whole(0)).toBe(await report().text())
    await until(() => after.conversations.get()?.pending.get() === 0)
    after.close()
  })

  it('plays from this page once it was sent, but for the cover, which the hospital made', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    talks.send('cnv_1', { type: 'video', file: new File(['moving'], '走路.mp4', { type: 'video/mp4' }) })
    await until(() => fake.messages.length === 1)
    await until(() => talks.view('cnv_1').get().messages.length === 1)
    expect(await talks.link('cnv_1', 1, 'original')).toMatch(/^blob:/)
    expect(await talks.link('cnv_1', 1, 'cover')).toBe('/media/1')
    hospital.close()
  })

  it('is given up when its writer discards it, here and at the hospital', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.store.hangAfter = 0
    const sent = talks.send('cnv_1', { type: 'file', file: report() })
    await until(() => fake.store.hangs)
    expect(talks.discard(sent.id)).toBe('')
    await until(() => fake.store.cancelled.length === 1)
    expect(await sent.outcome).toMatchObject({ result: 'failed', failure: { code: 'client.discarded' } })
    await pass(60_000)
    expect(fake.store.cancelled).toEqual(['upl_1'])
    expect(fake.store.givenUp).toBe(1)
    expect(fake.messages).toEqual([])
    expect(talks.pending.get()).toBe(0)
    hospital.close()
  })

  it('fails with the hospital’s word when it is not what it says, and starts anew on retry', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.store.refuse = 'upload.not_what_it_says'
    const sent = talks.send('cnv_1', { type: 'image', file: report() })
    const failed = () => talks.view('cnv_1').get().outgoing[0]?.state === 'failed'
    await until(failed)
    expect(await sent.outcome).toMatchObject({ result: 'failed', failure: { code: 'upload.not_what_it_says' } })
    expect(fake.messages).toEqual([])
    fake.store.refuse = null
    const again = talks.retry(sent.id)
    await until(() => fake.messages.length === 1)
    expect(await again?.outcome).toMatchObject({ result: 'delivered' })
    expect(fake.store.uploads).toHaveLength(2)
    hospital.close()
  })

  it('does not hold up the texts behind it', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    fake.store.slow = true
    talks.send('cnv_1', { type: 'voice', file: report(), milliseconds: 2000 })
    talks.send('cnv_1', '先说这句')
    await until(() => fake.store.uploads[0]?.state === 'checking')
    expect(fake.messages.map(({ type }) => type)).toEqual(['text'])
    expect(talks.view('cnv_1').get().outgoing[0]?.state).toBe('checking')
    fake.store.slow = false
    fake.push({ type: 'notice', topic: 'upload.ready.v1', subject: 'upl_1', sequence: 2 })
    await until(() => fake.messages.length === 2)
    expect(fake.messages[1]).toMatchObject({ type: 'voice', content: { upload_id: 'upl_1' } })
    hospital.close()
  })

  it('that did not outlive the page says so', async () => {
    const fake = new FakeHospital()
    const storage = new FakeStorage()
    const { hospital, talks } = await openSignedIn(fake, storage)
    fake.store.hangAfter = 0
    talks.send('cnv_1', { type: 'file', file: report() })
    await until(() => fake.store.hangs)
    hospital.close()
    fake.store.hangAfter = Infinity
    const after = openPage(fake, storage)
    await after.session.restore()
    const now = after.conversations.get()!
    const outgoing = () => now.view('cnv_1').get().outgoing[0]
    await until(() => outgoing()?.state === 'failed')
    expect(outgoing()?.failure?.code).toBe('client.file_gone')
    after.close()
  })
})

describe('a picture', () => {
  it('is shrunk once, and what is left of it is what is checked and sent', async () => {
    const fake = new FakeHospital()
    const shrink = vi.fn(async () => new Blob(['0123456789ab'], { type: 'image/jpeg' }))
    const { hospital, talks } = await openSignedIn(fake, undefined, { shrink })
    fake.store.failParts = 1
    talks.send('cnv_1', { type: 'image', file: report(), name: '皮疹.png' })
    await until(() => fake.messages.length === 1)
    expect(fake.store.uploads[0]?.asked).toMatchObject({ size: 12, media_type: 'image/jpeg', name: '皮疹.png' })
    expect(fake.store.whole(0)).toBe('0123456789ab')
    expect(shrink).toHaveBeenCalledTimes(1)
    hospital.close()
  })

  const file = (type: string) => new Blob(['x'.repeat(100)], { type })
  const opened = (width: number, height: number, bytes: number) => {
    const asked: number[][] = []
    const picture: OpenPicture = {
      width,
      height,
      close: () => undefined,
      asJpeg: async (...size) => (asked.push(size), new Blob(['y'.repeat(bytes)], { type: 'image/jpeg' })),
    }
    return { asked, open: async () => picture }
  }

  it('is sent at most 2048 pixels wide or high, as a JPEG of 0.85', async () => {
    const { asked, open } = opened(4096, 3072, 50)
    expect((await shrunk(file('image/png'), open)).type).toBe('image/jpeg')
    expect(asked).toEqual([[2048, 1536, 0.85]])
  })

  it('stays as it was chosen when that is smaller', async () => {
    const original = file('image/jpeg')
    expect(await shrunk(original, opened(800, 600, 101).open)).toBe(original)
  })

  it('stays as it was chosen when it moves, is drawn, or cannot be opened here', async () => {
    const { asked, open } = opened(4096, 3072, 1)
    for (const type of ['image/gif', 'image/svg+xml', 'image/heic', 'image/heif']) {
      const original = file(type)
      expect(await shrunk(original, open)).toBe(original)
    }
    expect(asked).toEqual([])
    const damaged = file('image/jpeg')
    expect(await shrunk(damaged, async () => null)).toBe(damaged)
  })
})
