import { missedBy, type Call, type CallsView, type RoomPerson, type RoomView, type SourceState } from '@yunzhen/client'

import { saidClockLength } from '../talk/said'
import { saidNames } from '../words/names'
import { tShared } from '../words/shared'

/** Seconds as a call's clock shows them: 0:07, 61:02. */
export function callClock(call: Call, now: Date): string {
  const began = call.connected_at ? Date.parse(call.connected_at) : now.getTime()
  return saidClockLength(Math.max(0, now.getTime() - began))
}

/** Where the call stands, in a line. */
export function stateWords({ call, phase }: CallsView, room: RoomView, now: Date): string {
  if (!call) return ''
  if (phase === 'ringing') return tShared('calls.outgoing')
  if (room.phase === 'again') return tShared('calls.again')
  return phase === 'in_call' ? tShared('calls.inCall', { time: callClock(call, now) }) : tShared('calls.answering')
}

/** What a call came to, for those who were in it, and for whom it rang in vain. */
export function overWords(call: Call, personId: string, error: string | null): string {
  if (missedBy(call, personId)) return tShared(call.outcome === 'cancelled' ? 'calls.over.takenBack' : 'calls.over.missedHere')
  if (error === 'call.media_lost') return tShared('calls.over.mediaLost')
  if (!call.outcome) return tShared('calls.over.left')
  return tShared(`calls.over.${call.outcome}`, { time: saidClockLength((call.seconds ?? 0) * 1000) })
}

/** Who shows the others a report; '' when nobody does. */
export function showerWords({ showing, members }: Call, personId: string): string {
  if (!showing) return ''
  if (showing.by === personId) return tShared('calls.report.mine')
  return tShared('calls.report.theirs', { name: members.find(({ person_id }) => person_id === showing.by)?.name ?? '' })
}

export function qualityWords(quality: number | null): string {
  if (quality === null) return tShared('calls.quality.unknown')
  if (quality <= 1) return tShared('calls.quality.bad')
  if (quality === 2) return tShared('calls.quality.weak')
  return tShared(quality === 3 ? 'calls.quality.fair' : 'calls.quality.good')
}

/** Why a device is not there and what to do; '' while there is nothing to say. */
export function missingWords(source: 'microphone' | 'camera', state: SourceState): string {
  if (state === 'refused' || state === 'missing' || state === 'taken') return tShared(`calls.missing.${source}.${state}`)
  return ''
}

export function namesOf(people: readonly { name: string }[]): string {
  return saidNames(people.map(({ name }) => name))
}

/** Who is looked at first: a shared screen, then who speaks, then whoever was looked at, then the first. */
export function spotlightOf(people: readonly RoomPerson[], before: string | null): { person: RoomPerson; source: 'camera' | 'screen' } | null {
  const sharing = people.find(({ screen }) => screen?.track)
  if (sharing) return { person: sharing, source: 'screen' }
  const person = people.find(({ speaking }) => speaking) ?? people.find(({ person_id }) => person_id === before) ?? people[0]
  return person ? { person, source: 'camera' } : null
}
