import type { EmergencyVerdict, OpenRecord } from '@yunzhen/client'

/** Why a record may be opened in an emergency: the rule's list. */
export const REASONS: OpenRecord['reason'][] = ['life_in_danger', 'cannot_answer', 'severe_reaction', 'taken_over']
/** How the patient is found: by something exact. */
export const FOUND_BY: OpenRecord['by'][] = ['phone', 'id_number', 'file']
export const VERDICTS: EmergencyVerdict[] = ['justified', 'not_justified']
