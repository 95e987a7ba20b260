import type { SmsReport } from '@yunzhen/client'

/** The messages of one day, week or month, as the chart tells them apart. */
export interface PeriodOfSms {
  period: string
  delivered: number
  late: number
  waiting: number
  failed: number
}

const PART_OF: Record<string, Exclude<keyof PeriodOfSms, 'period'>> = {
  delivered: 'delivered',
  delivered_late: 'late',
  queued: 'waiting',
  handed_over: 'waiting',
  overdue: 'waiting',
  failed: 'failed',
  blocked: 'failed',
}

/** Every period of a report, oldest first, those without messages too. */
export function periodsOf(report: Pick<SmsReport, 'periods' | 'counts'>): PeriodOfSms[] {
  const found = new Map(report.periods.map((period) => [period, { period, delivered: 0, late: 0, waiting: 0, failed: 0 }]))
  for (const one of report.counts) {
    const part = PART_OF[one.outcome]
    const period = found.get(one.period)
    if (part && period) period[part] += one.count
  }
  return [...found.values()]
}

export function totalOf(one: PeriodOfSms): number {
  return one.delivered + one.late + one.waiting + one.failed
}
