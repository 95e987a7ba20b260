import type { Visit } from '@yunzhen/client'
import { saidClock, saidDay, saidDuration, saidTime, secondsUntil } from '@yunzhen/ui'

import { t } from '../words'

const SOON_SECONDS = 10 * 60
const JUST_NOW_SECONDS = 60

/** How long an applicant has waited: `已等 12 分钟`. */
export function saidWaiting(visit: Visit, now: Date): string {
  const seconds = secondsSince(visit.applied_at, now)
  return seconds < JUST_NOW_SECONDS ? t('queue.justNow') : t('queue.waited', { time: saidDuration(seconds) })
}

/** How long a consultation has run: `已进行 8 分钟`. */
export function saidRunning(visit: Visit, now: Date): string {
  const seconds = secondsSince(visit.started_at ?? visit.accepted_at ?? visit.applied_at, now)
  return seconds < JUST_NOW_SECONDS ? t('visit.justStarted') : t('visit.running', { time: saidDuration(seconds) })
}

/** Until when the answer is promised: `还剩 5 分钟 · 14:30 前答复`; the day is named when it is another. */
export function saidUntil(visit: Visit, now: Date): string {
  const left = secondsUntil(visit.answer_by, now)
  if (left <= 0) return t('queue.overdue')
  const today = saidDay(visit.answer_by, { now }) === saidDay(now, { now })
  const time = today ? saidClock(visit.answer_by) : saidTime(visit.answer_by, { now })
  return `${t('queue.left', { time: saidDuration(left) })} · ${t('queue.answerBy', { time })}`
}

/** True when the answer is due within ten minutes, or overdue. */
export function isUrgent(visit: Visit, now: Date): boolean {
  return visit.state === 'applied' && secondsUntil(visit.answer_by, now) < SOON_SECONDS
}

function secondsSince(at: string, now: Date): number {
  return (now.getTime() - Date.parse(at)) / 1000
}
