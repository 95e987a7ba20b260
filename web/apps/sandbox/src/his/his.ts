/** What the small HIS beside the hospital says of itself to the one who runs it. */

export const MODES = ['none', 'slow', 'down', 'busy', 'refuses', 'garbage', 'other_patient'] as const
export const LISTS = ['organisations', 'departments', 'staff', 'files'] as const
export type Mode = (typeof MODES)[number]
export type List = (typeof LISTS)[number]

export interface His {
  url: string
  troubles: { mode: Mode; seconds: number; times: number | null; files: number }
  calls: { number: number; at: string; what: string; about: string; card: string; answered: string }[]
}

/** A row of a list, as wrong as somebody typed it in. */
export interface HisRow {
  code: string
  name?: string | null
  role?: string
  title?: string
  organisation_code?: string
  department_code?: string
  parent_code?: string
  active?: boolean
}

export interface HisPatient {
  patient_number: string
  name: string
  phone: string | null
  cards: { kind: string; number: string }[]
  visits: { number: string }[]
}

export interface Records<Row> {
  items: Row[]
  cursor: string | null
}

export const ADDRESS = '/sandbox/api/his'

/** Where a row belongs, in codes. */
export function placeOf(row: HisRow): string {
  return [row.organisation_code ?? row.parent_code, row.department_code].filter(Boolean).join(' / ')
}
