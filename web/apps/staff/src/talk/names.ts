import type { Conversation } from '@yunzhen/client'

import { t } from '../words'

/** Who I talk to where there is one: the patient, or the colleague. */
export function otherIn(conversation: Conversation, myId: string): Conversation['members'][number] | null {
  const others = conversation.members.filter(({ person_id }) => person_id !== myId)
  return others.find(({ role }) => role === 'patient') ?? others[0] ?? null
}

export function nameOf(conversation: Conversation, myId: string): string {
  if (conversation.type === 'group' && conversation.name) return conversation.name
  return otherIn(conversation, myId)?.name ?? t('talks.unnamed')
}
