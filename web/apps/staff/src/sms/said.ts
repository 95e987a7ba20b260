import type { SentSms } from '@yunzhen/client'

import { t } from '../words'

export const OCCASIONS = [
  'sign_in_code',
  'method_code',
  'family_code',
  'visit_accepted',
  'visit_refused',
  'visit_expired',
  'visit_finished',
  'record_opened',
  'data_copy',
  'reminder',
  'system_sms',
] as const
export const TERMINALS = ['web', 'wechat_official_account', 'wechat_mini_program', 'alipay_mini_program', 'system'] as const
export const PERIODS = ['day', 'week', 'month'] as const
export const OUTCOMES = ['queued', 'handed_over', 'overdue', 'delivered', 'delivered_late', 'failed', 'blocked'] as const

/** Why a message left, in words; a code that is new here as it is. */
export function saidOccasion(code: string): string {
  const known = OCCASIONS.find((one) => one === code)
  return known ? t(`sms.on.${known}`) : code
}

export function saidTerminal(code: (typeof TERMINALS)[number]): string {
  return code === 'system' ? t('sms.on.system_sms') : t(`signUpFlow.terminals.${code}`)
}

export function saidOutcome(one: SentSms): string {
  return t(`sms.outcome.${one.outcome}`)
}

const CAUSES = [
  'unreachable',
  'switched_off',
  'expired',
  'unknown',
  'no_such_number',
  'out_of_service',
  'unwanted',
  'keyword',
  'rejected',
  'unanswered',
  'too_many',
  'carrier_busy',
  'template_unregistered',
  'unavailable',
] as const

/** Why it has not arrived, in words; a carrier's own code as it is. */
export function saidCause(one: SentSms): string {
  const known = CAUSES.find((cause) => cause === one.cause)
  return known ? t(`sms.causes.${known}`) : one.cause || '–'
}

export function saidDelay(one: SentSms): string {
  return one.delay_seconds === null ? '–' : t('sms.seconds', { n: one.delay_seconds })
}
