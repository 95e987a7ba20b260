import { language, type Language } from '../words/language'
import { hospitalNow } from './hospitalTime'

/** What is said on pages is the clock on the hospital's wall. */
const ZONE = 'Asia/Shanghai'
const DAY_MS = 86_400_000

export interface Wording {
  now?: Date
  inLanguage?: Language
}

interface WallClock {
  year: number
  month: number
  day: number
  hour: string
  minute: string
  weekday: number
}

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

const WEEKDAYS: Record<Language, string[]> = {
  zh: ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
}
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `14:30` */
export function saidClock(at: Date | string): string {
  const { hour, minute } = onTheWall(at)
  return `${hour}:${minute}`
}

/** `今天`, `昨天`, `明天`, `11月3日`, `2025年11月3日` */
export function saidDay(at: Date | string, { now = hospitalNow(), inLanguage = language.value }: Wording = {}): string {
  const zh = inLanguage === 'zh'
  const away = daysApart(at, now)
  if (away === 0) return zh ? '今天' : 'Today'
  if (away === -1) return zh ? '昨天' : 'Yesterday'
  if (away === 1) return zh ? '明天' : 'Tomorrow'
  const { year, month, day } = onTheWall(at)
  const sameYear = year === onTheWall(now).year
  if (zh) return `${sameYear ? '' : `${year}年`}${month}月${day}日`
  return `${day} ${MONTHS[month - 1]}${sameYear ? '' : ` ${year}`}`
}

/** `今天 14:30`, `昨天 09:12`, `11月3日 14:30` */
export function saidTime(at: Date | string, wording: Wording = {}): string {
  return `${saidDay(at, wording)} ${saidClock(at)}`
}

/** For the edge of a list row: today only the clock, before that only the day. */
export function saidShort(at: Date | string, wording: Wording = {}): string {
  return daysApart(at, wording.now ?? hospitalNow()) === 0 ? saidClock(at) : saidDay(at, wording)
}

/** `11月21日 星期六` */
export function saidDate(at: Date | string, { inLanguage = language.value }: Wording = {}): string {
  const { month, day, weekday } = onTheWall(at)
  const name = WEEKDAYS[inLanguage][weekday]
  return inLanguage === 'zh' ? `${month}月${day}日 ${name}` : `${name}, ${day} ${MONTHS[month - 1]}`
}

/** `40 秒`, `12 分钟`, `2 小时 5 分钟`, `3 天`; never negative. */
export function saidDuration(seconds: number, inLanguage: Language = language.value): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return inUnits([[whole, 'second']], inLanguage)
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return inUnits([[minutes, 'minute']], inLanguage)
  const hours = Math.floor(minutes / 60)
  if (hours < 24)
    return inUnits(
      [
        [hours, 'hour'],
        [minutes % 60, 'minute'],
      ],
      inLanguage,
    )
  return inUnits(
    [
      [Math.floor(hours / 24), 'day'],
      [hours % 24, 'hour'],
    ],
    inLanguage,
  )
}

/** Seconds from now until `at`; 0 when it has passed. */
export function secondsUntil(at: Date | string, now: Date = hospitalNow()): number {
  return Math.max(0, (new Date(at).getTime() - now.getTime()) / 1000)
}

/** A key that two moments share when they fall on the same day at the hospital. */
export function dayKey(at: Date | string): string {
  const { year, month, day } = onTheWall(at)
  return `${year}-${month}-${day}`
}

/** Part of the day, for the greeting. */
export function partOfDay(at: Date | string): 'night' | 'morning' | 'noon' | 'afternoon' | 'evening' {
  const hour = Number(onTheWall(at).hour)
  if (hour < 5) return 'night'
  if (hour < 11) return 'morning'
  if (hour < 13) return 'noon'
  if (hour < 18) return 'afternoon'
  return 'evening'
}

/** Whole days of the hospital's calendar from `now` to `at`: -1 is yesterday. */
function daysApart(at: Date | string, now: Date): number {
  return Math.round((midnight(at) - midnight(now)) / DAY_MS)
}

function midnight(at: Date | string): number {
  const { year, month, day } = onTheWall(at)
  return Date.UTC(year, month - 1, day)
}

function onTheWall(at: Date | string): WallClock {
  const part: Record<string, string> = {}
  for (const { type, value } of clock.formatToParts(new Date(at))) part[type] = value
  const [year, month, day] = [Number(part['year']), Number(part['month']), Number(part['day'])]
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  return { year, month, day, hour: part['hour'] ?? '', minute: part['minute'] ?? '', weekday }
}

const UNITS = {
  zh: { second: '秒', minute: '分钟', hour: '小时', day: '天' },
  en: { second: 'second', minute: 'minute', hour: 'hour', day: 'day' },
}

function inUnits(parts: [number, keyof (typeof UNITS)['zh']][], inLanguage: Language): string {
  const [first, ...rest] = parts
  const told = first ? [first, ...rest.filter(([count]) => count > 0)] : []
  return told
    .map(([count, unit]) => {
      const word = UNITS[inLanguage][unit]
      return `${count} ${word}${inLanguage === 'en' && count !== 1 ? 's' : ''}`
    })
    .join(' ')
}
