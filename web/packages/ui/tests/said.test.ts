import { describe, expect, it } from 'vitest'

import {
  dayKey,
  partOfDay,
  saidClock,
  saidDate,
  saidDay,
  saidDuration,
  saidShort,
  saidTime,
  secondsUntil,
} from '../src/time/said'

/** 21 November 2026, 14:30 in Shanghai. */
const now = new Date('2026-11-21T06:30:00Z')
const zh = { now, inLanguage: 'zh' } as const
const en = { now, inLanguage: 'en' } as const

describe('moments as people say them', () => {
  it.each([
    ['2026-11-21T06:05:00Z', '今天 14:05', 'Today 14:05'],
    ['2026-11-20T16:00:00Z', '今天 00:00', 'Today 00:00'],
    ['2026-11-20T15:59:00Z', '昨天 23:59', 'Yesterday 23:59'],
    ['2026-11-21T16:00:00Z', '明天 00:00', 'Tomorrow 00:00'],
    ['2026-11-03T01:02:00Z', '11月3日 09:02', '3 Nov 09:02'],
    ['2025-11-03T01:02:00Z', '2025年11月3日 09:02', '3 Nov 2025 09:02'],
    ['2025-12-31T15:00:00Z', '2025年12月31日 23:00', '31 Dec 2025 23:00'],
  ])('%s is %s', (at, inChinese, inEnglish) => {
    expect(saidTime(at, zh)).toBe(inChinese)
    expect(saidTime(at, en)).toBe(inEnglish)
  })

  it('counts days by the wall of the hospital, not by the reader’s clock', () => {
    // 00:10 in Shanghai: five minutes before was yesterday, although less than a day ago.
    expect(saidDay('2026-11-20T16:05:00Z', { now: new Date('2026-11-20T16:10:00Z'), inLanguage: 'zh' })).toBe('今天')
    expect(saidDay('2026-11-20T15:59:00Z', { now: new Date('2026-11-20T16:10:00Z'), inLanguage: 'zh' })).toBe('昨天')
  })

  it('is short at the edge of a list', () => {
    expect(saidShort('2026-11-21T06:05:00Z', zh)).toBe('14:05')
    expect(saidShort('2026-11-20T06:05:00Z', zh)).toBe('昨天')
    expect(saidShort('2026-11-02T06:05:00Z', en)).toBe('2 Nov')
  })

  it('names the weekday', () => {
    expect(saidDate(now, zh)).toBe('11月21日 星期六')
    expect(saidDate(now, en)).toBe('Saturday, 21 Nov')
  })

  it('writes midnight as 00:00', () => {
    expect(saidClock('2026-11-20T16:00:00Z')).toBe('00:00')
  })

  it('shares a key between moments of one day', () => {
    expect(dayKey('2026-11-20T16:00:00Z')).toBe(dayKey('2026-11-21T15:59:59Z'))
    expect(dayKey('2026-11-20T15:59:59Z')).not.toBe(dayKey('2026-11-20T16:00:00Z'))
  })

  it.each([
    ['2026-11-20T20:59:00Z', 'night'],
    ['2026-11-20T21:00:00Z', 'morning'],
    ['2026-11-21T03:00:00Z', 'noon'],
    ['2026-11-21T05:00:00Z', 'afternoon'],
    ['2026-11-21T10:00:00Z', 'evening'],
  ])('greets at %s in the %s', (at, part) => {
    expect(partOfDay(at)).toBe(part)
  })
})

describe('durations', () => {
  it.each([
    [0, '0 秒', '0 seconds'],
    [-5, '0 秒', '0 seconds'],
    [1, '1 秒', '1 second'],
    [59.4, '59 秒', '59 seconds'],
    [60, '1 分钟', '1 minute'],
    [3570, '1 小时', '1 hour'],
    [7500, '2 小时 5 分钟', '2 hours 5 minutes'],
    [86_400, '1 天', '1 day'],
    [97_200, '1 天 3 小时', '1 day 3 hours'],
  ])('%d s is %s', (seconds, inChinese, inEnglish) => {
    expect(saidDuration(seconds, 'zh')).toBe(inChinese)
    expect(saidDuration(seconds, 'en')).toBe(inEnglish)
  })

  it('never counts below zero', () => {
    expect(secondsUntil('2026-11-21T06:29:00Z', now)).toBe(0)
    expect(secondsUntil('2026-11-21T06:31:00Z', now)).toBe(60)
  })
})
