import type { Conversation, Member } from '@yunzhen/client'

/** The one a patient talks to: the member who is not me; staff before anybody else. */
export function otherIn(conversation: Conversation, myId: string | null): Member | null {
  const others = conversation.members.filter(({ person_id }) => person_id !== myId)
  return others.find(({ role }) => role !== 'patient') ?? others[0] ?? null
}
