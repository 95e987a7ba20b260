import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '../src'
import { textOf } from '../src'
import * as timeline from '../src/conversations/timeline'
import { FakeHospital } from './fake_hospital'
import { openSignedIn, settle } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sender = { person_id: 'per_2', name: '李医生', role: 'doctor' as const }
const message = (seq: number, text: string): Message => ({
  conversation_id: 'cnv_1',
  seq,
  id: null,
  sender,
  sent_at: '2026-01-01T00:00:00Z',
  type: 'text',
  content: { text },
})
const recall = (seq: number, of: number): Message => ({ ...message(seq, ''), type: 'recall', content: { seq: of } })

describe('a recalled message', () => {
  it('of another is gone from what this page holds, and from its list', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    await talks.refresh()
    fake.say('说错的话')
    await settle()
    fake.losePushes = 1
    fake.recall(1)
    fake.push({ type: 'message', message: fake.messages[1]! })
    await settle()
    const { messages } = talks.view('cnv_1').get()
    expect(messages.map(({ type }) => type)).toEqual(['recalled', 'recall'])
    expect(JSON.stringify([messages, talks.list.get()])).not.toContain('说错的话')
    hospital.close()
  })

  it('of mine goes at the hospital’s word, and stays when it refuses or cannot be reached', async () => {
    const fake = new FakeHospital()
    const { hospital, talks } = await openSignedIn(fake)
    await talks.open('cnv_1')
    talks.send('cnv_1', '一')
    talks.send('cnv_1', '二')
    await settle()
    const recalled = talks.recall('cnv_1', 1)
    await settle()
    await recalled
    const types = () => talks.view('cnv_1').get().messages.map(({ type }) => type)
    expect(types()).toEqual(['recalled', 'text', 'recall'])
    fake.refuseWith = { code: 'message.too_old' }
    const refused = talks.recall('cnv_1', 2).catch((reason: unknown) => reason)
    await settle()
    expect(await refused).toMatchObject({ code: 'message.too_old' })
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    expect(await talks.recall('cnv_1', 2).catch((reason: unknown) => reason)).toMatchObject({ code: 'client.offline' })
    expect(types()).toEqual(['recalled', 'text', 'recall'])
    hospital.close()
  })

  it('is hidden in whatever order its recall and itself arrive', () => {
    const [one, two, three] = [message(1, '一'), message(2, '二'), recall(3, 2)]
    const orders = [[one, two, three], [three, two, one], [two, three, one], [one, three, two], [three, one, two]]
    for (const order of orders) {
      const held = order.reduce((line, arrived) => timeline.place(line, [arrived]), timeline.EMPTY)
      expect(held.messages.map(({ type }) => type)).toEqual(['text', 'recalled', 'recall'])
      const again = timeline.place(held, [two])
      expect(JSON.stringify(again.messages)).not.toContain('二')
    }
  })

  it('is hidden in older pages read after its recall was heard', () => {
    const held = timeline.place(timeline.begin([message(5, '五')], false, timeline.EMPTY), [recall(6, 2)])
    const read = timeline.prepend(held, [message(1, '一'), message(2, '二'), message(3, '三'), message(4, '四')], true)
    expect(read.messages.map(textOf)).toEqual(['一', '', '三', '四', '五', ''])
  })
})

describe('what the hospital knows better', () => {
  it('takes the place of what the sender’s page knew', () => {
    const mine: Message = { ...message(1, ''), type: 'image', content: { upload_id: 'upl_1' } }
    const told: Message = { ...mine, content: { upload_id: 'upl_1', width: 40, height: 30 } }
    const held = timeline.place(timeline.place(timeline.EMPTY, [mine]), [told])
    expect(held.messages).toEqual([told])
    expect(timeline.place(held, [told])).toBe(held)
  })
})
