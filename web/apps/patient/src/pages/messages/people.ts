import type { Conversation } from '@yunzhen/client'

import { t } from '../../words'

/** The one a patient talks to: the member who is not me; staff before anybody else. */
export function otherIn(conversation: Conversation, myId: string | null): Conversation['members'][number] | null {
  const others = conversation.members.filter(({ person_id }) => person_id !== myId)
  return others.find(({ role }) => role !== 'patient') ?? others[0] ?? null
}

/** A group's own name, else who one talks to. */
export function nameOf(conversation: Conversation, myId: string | null): string {
  if (conversation.type === 'group' && conversation.name) return conversation.name
  return otherIn(conversation, myId)?.name ?? t('messages.talk.title')
}
