import { describe, expect, it } from 'vitest'

import { conversationRows, type ShownMessage } from '../src/list/conversation'
import { inOneLine, shownAs } from '../src/talk/content'
import { wrongWith, type Attachment } from '../src/talk/files'
import { thumbnailBox, voiceShare } from '../src/talk/media'
import { TakenBack } from '../src/talk/recalls'
import { extensionOf, saidClockLength, saidLength, saidSize } from '../src/talk/said'

describe('what a bubble draws', () => {
  it('follows the type', () => {
    expect(shownAs('text', { text: '您好' })).toEqual({ kind: 'text', text: '您好' })
    expect(shownAs('voice', { upload_id: 'upl_1', milliseconds: 2300 })).toEqual({ kind: 'voice', milliseconds: 2300 })
    expect(shownAs('file', { name: '报告.pdf', size: 812 })).toEqual({ kind: 'file', name: '报告.pdf', size: 812 })
  })

  it('is an unknown message for a type of tomorrow, and for content that is not as it should be', () => {
    expect(shownAs('hologram', { text: 'x' })).toEqual({ kind: 'unknown' })
    expect(shownAs('text', { text: 5 })).toEqual({ kind: 'unknown' })
    expect(shownAs('x-measurement', { kind: 'blood_pressure', value: 'high' })).toEqual({ kind: 'unknown' })
    expect(inOneLine('hologram', {})).toBe('[新类型的消息，请更新后查看]')
  })

  it('keeps numbers that make no sense out of its sizes', () => {
    expect(shownAs('image', { width: -4, height: 'tall' })).toEqual({ kind: 'image', name: '', width: 0, height: 0 })
  })

  it('says both values of a blood pressure', () => {
    const content = { kind: 'blood_pressure', value: 132, second: 85, unit: 'mmHg', measured_at: '2026-11-20T01:00:00Z' }
    expect(shownAs('x-measurement', content)).toMatchObject({ title: '血压', value: '132/85', unit: 'mmHg' })
    expect(inOneLine('x-measurement', content)).toBe('[健康数据] 血压 132/85')
  })

  it('says who joined, left and began', () => {
    const members = [{ name: '李文静' }, { name: '吴志强' }]
    expect(inOneLine('system', { event: 'joined', members })).toBe('李文静、吴志强加入了对话')
    expect(inOneLine('system', { event: 'left', member: { name: '吴志强' } })).toBe('吴志强离开了对话')
    expect(inOneLine('system', { event: 'notice', text: '' })).toBe('公告已取消')
    expect(inOneLine('system', { event: 'said', text: '医生已接诊' })).toBe('医生已接诊')
    expect(inOneLine('recall', { seq: 3 })).toBe('撤回了一条消息')
  })
})

describe('boxes, bars and lengths', () => {
  it('keep a picture’s shape within bounds, and something to press for slivers', () => {
    expect(thumbnailBox(2080, 1040)).toEqual({ width: 208, height: 104 })
    expect(thumbnailBox(100, 80)).toEqual({ width: 100, height: 80 })
    expect(thumbnailBox(10_000, 10)).toEqual({ width: 208, height: 64 })
    expect(thumbnailBox(0, 0)).toEqual({ width: 160, height: 160 })
  })

  it('grow with what was said, up to the whole width', () => {
    const shares = [1000, 5000, 20_000, 60_000, 90_000].map(voiceShare)
    expect(shares[0]).toBeCloseTo(0.3)
    expect(shares.slice(3)).toEqual([1, 1])
    expect([...shares].sort((a, b) => a - b)).toEqual(shares)
  })

  it('are said as people know them', () => {
    expect([400, 5200, 62_000].map(saidLength)).toEqual(['1″', '5″', '1′02″'])
    expect(saidClockLength(67_000)).toBe('1:07')
    expect([812, 34_816, 3_565_158].map(saidSize)).toEqual(['812 B', '34 KB', '3.4 MB'])
    expect(['a.PDF', 'x', 'y.tar.gz'].map(extensionOf)).toEqual(['PDF', '', 'GZ'])
  })
})

describe('what cannot be sent', () => {
  const given = (type: Attachment['type'], size: number, milliseconds = 0): Attachment => ({
    type,
    file: { size, type: '' } as Blob,
    name: 'x',
    facts: { milliseconds },
  })

  it('is known before it travels', () => {
    expect(wrongWith(given('file', 0))).toBe('empty')
    expect(wrongWith(given('image', 20_000_001))).toBe('large_image')
    expect(wrongWith(given('video', 1, 61_000))).toBe('long_video')
    expect(wrongWith(given('image', 20_000_000))).toBeNull()
    expect(wrongWith(given('video', 1, 60_000))).toBeNull()
  })
})

describe('words taken back', () => {
  it('can be written again for five minutes, in their own conversation', () => {
    let now = 0
    const back = new TakenBack(() => now)
    back.note('cnv_1', 7, '写错了')
    expect(back.textOf('cnv_1', 7)).toBe('写错了')
    expect(back.textOf('cnv_2', 7)).toBeNull()
    now = 5 * 60_000
    expect(back.textOf('cnv_1', 7)).toBeNull()
  })
})

describe('rows with recalls', () => {
  const sender = { person_id: 'per_1', name: '王秀兰' }
  const message = (seq: number, type: string, content: object): ShownMessage => ({
    seq,
    id: `c${seq}`,
    sender,
    type,
    content,
    sent_at: '2026-11-20T10:00:00Z',
  })

  it('turn what was taken back into a line at its place; the recall has none', () => {
    const given = [message(1, 'text', { text: '一' }), message(2, 'text', { text: '二' }), message(3, 'recall', { seq: 1 })]
    const rows = conversationRows(given, [], { myId: 'per_1' })
    expect(rows.map(({ kind, key }) => [kind, key])).toEqual([
      ['moment', 'at-1'],
      ['recalled', 'm-c1'],
      ['message', 'm-c2'],
    ])
  })

  it('are as many as ten thousand messages, each once', () => {
    const given = Array.from({ length: 10_000 }, (_, n) => message(n + 1, 'text', { text: String(n) }))
    const rows = conversationRows(given, [], { myId: 'per_1' })
    expect(rows.length).toBe(10_001)
    expect(new Set(rows.map(({ key }) => key)).size).toBe(10_001)
  })
})
