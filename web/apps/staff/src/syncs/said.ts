import { t } from '../words'
import type { StaffWord } from '../words'

const FIELDS = [
  'name',
  'title',
  'code',
  'role',
  'organisation',
  'organisation_code',
  'department',
  'department_id',
  'department_code',
  'parent_code',
  'his_code',
  'active',
  'introduction',
  'address',
  'phone',
]
const STATES = [
  'missing',
  'unknown',
  'changed',
  'taken',
  'in use',
  'too long',
  'too short',
  'no code',
  'no text',
  'neither yes nor no',
]
const REASONS = ['cut_off', 'none', 'timed_out', 'unavailable']

export function saidField(field: string): string {
  return FIELDS.includes(field) ? t(`syncing.field.${field}` as StaffWord) : field
}

/** `name is missing` in words; null when it is no such sentence. */
function saidMisfit(reason: string): string | null {
  const [field, state] = reason.split(' is ', 2)
  if (!field || !state || !STATES.includes(state)) return null
  return t('syncing.wrong', { field: saidField(field), state: t(`syncing.wrongState.${state}` as StaffWord) })
}

/** What is wrong with a record, or why a run ended; a word that nobody knows is shown as it is. */
export function saidReason(reason: string): string {
  if (REASONS.includes(reason)) return t(`syncing.reason.${reason}` as StaffWord)
  return saidMisfit(reason) ?? t('syncing.reason.word', { word: reason })
}
