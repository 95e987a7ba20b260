import type { Call, CallMemberState } from '../calling_routes'

/**
 * A call as one device sees it.
 * `ringing`: I called, nobody has answered. `incoming`: it rings here. `answering`: said yes, no media yet.
 * `elsewhere`: another device of mine has it; said where it rang. `over`: ended, or I left, or said no.
 */
export type CallPhase = 'ringing' | 'incoming' | 'answering' | 'in_call' | 'elsewhere' | 'over'

/** Who looks, and whether this very device takes part. */
export interface Seen {
  personId: string
  here: boolean
}

const GONE: readonly CallMemberState[] = ['left', 'declined', 'busy', 'missed']

export function phaseOf(call: Call, { personId, here }: Seen): CallPhase {
  const mine = call.members.find((one) => one.person_id === personId)
  if (call.state === 'ended' || !mine || GONE.includes(mine.state)) return 'over'
  if (mine.state === 'invited' || mine.state === 'ringing') {
    if (call.caller_id !== personId) return here ? 'answering' : 'incoming'
  }
  if (!here) return 'elsewhere'
  if (call.caller_id === personId && !othersIn(call, personId)) return 'ringing'
  return call.state === 'connected' ? 'in_call' : 'answering'
}

/** Whether somebody beside me has answered. */
function othersIn(call: Call, personId: string): boolean {
  return call.members.some((one) => one.person_id !== personId && (one.state === 'accepted' || one.state === 'connected'))
}

/** It rang for them in vain: they did not answer in time, or who called gave up. */
export function missedBy(call: Call, personId: string): boolean {
  return call.members.some((one) => one.person_id === personId && one.state === 'missed')
}

/** The later of two pictures of the same call. */
export function newerOf(held: Call | null, told: Call): Call {
  return held && held.id === told.id && held.revision > told.revision ? held : told
}

/** The others, for the head of a page: first who called. */
export function othersOf(call: Call, personId: string): Call['members'] {
  const others = call.members.filter((one) => one.person_id !== personId)
  return others.sort((one, other) => Number(other.person_id === call.caller_id) - Number(one.person_id === call.caller_id))
}
