import { reactive, watch } from 'vue'

/** What a person has filled in so far; kept for this tab as it is typed. */
export interface Draft {
  complaint: string
  accepted_notice: { id: string; version: number } | null
  /** Of one's family; null: oneself. */
  for_whom: { id: string; name: string } | null
}

const BLANK: Draft = { complaint: '', accepted_notice: null, for_whom: null }

const keptUnder = (personId: string) => `yunzhen.apply.${personId}`

/**
 * The draft of a person's next visit, followed into sessionStorage. It belongs to the person, not
 * to the doctor: after a refusal the same words go to another doctor.
 */
export function useDraft(personId: string, start: Partial<Draft>): Draft {
  const draft = reactive<Draft>({ ...BLANK, ...start, ...read(personId) })
  watch(draft, () => keep(personId, draft))
  return draft
}

/** Begins the next draft with what was written before, for example after a refusal. */
export function prepareDraft(personId: string, start: Partial<Draft>): void {
  keep(personId, { ...BLANK, ...start })
}

export function forgetDraft(personId: string): void {
  try {
    sessionStorage.removeItem(keptUnder(personId))
  } catch {
    // Storage is closed: nothing was kept.
  }
}

function keep(personId: string, draft: Draft): void {
  try {
    sessionStorage.setItem(keptUnder(personId), JSON.stringify(draft))
  } catch {
    // Storage is full or closed: the draft lives as long as the page.
  }
}

function read(personId: string): Partial<Draft> {
  try {
    return JSON.parse(sessionStorage.getItem(keptUnder(personId)) ?? '{}') as Partial<Draft>
  } catch {
    return {}
  }
}

export const COMPLAINT_LEAST = 5
export const COMPLAINT_MOST = 2000
export const NAME_LEAST = 2
export const NAME_MOST = 40

export type ComplaintFault = 'short' | 'long' | null

export function complaintFault(complaint: string): ComplaintFault {
  const length = [...complaint.trim()].length
  if (length < COMPLAINT_LEAST) return 'short'
  return length > COMPLAINT_MOST ? 'long' : null
}

export function nameIsGood(name: string): boolean {
  const length = [...name.trim()].length
  return length >= NAME_LEAST && length <= NAME_MOST
}
