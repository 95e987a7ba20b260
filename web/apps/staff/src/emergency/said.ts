import type { EmergencyRow } from '@yunzhen/client'

import { t } from '../words'

/** How a reading stands, in words; its colour says the same. */
export function saidStanding(one: EmergencyRow): string {
  if (one.verdict) return t(`breakGlass.verdicts.${one.verdict}`)
  return t(one.late ? 'breakGlass.late' : 'breakGlass.waits')
}

export function toneOf(one: EmergencyRow): 'danger' | 'success' | 'warning' {
  if (one.verdict === 'justified') return 'success'
  return one.verdict || one.late ? 'danger' : 'warning'
}
