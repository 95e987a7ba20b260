import { ApiError } from '../src/errors'
import type { Call, CallJoin, CallMember, CallSample, NewCall, RelayPlace } from '../src/calling_routes'
import type { Api } from '../src/routes'

const AT = '2026-01-01T00:00:00Z'

/** A call of Dr. Li (`per_2`) with Zhang San (`per_1`), as it rings. */
export function aCall(change: Partial<Call> = {}, states: [CallMember['state'], CallMember['state']] = ['accepted', 'invited']): Call {
  return {
    id: 'cal_1',
    revision: 1,
    conversation_id: 'cnv_1',
    visit_id: 'vis_1',
    media: 'video',
    state: 'ringing',
    outcome: null,
    caller_id: 'per_2',
    members: [
      { person_id: 'per_2', name: '李医生', state: states[0], since: AT },
      { person_id: 'per_1', name: '张三', state: states[1], since: AT },
    ],
    node: '',
    due_at: null,
    showing: null,
    created_at: AT,
    connected_at: null,
    ended_at: null,
    seconds: null,
    ...change,
  }
}

/** The hospital's side of calls, as far as a device can tell. */
export class FakeCalling {
  readonly asked: string[] = []
  readonly samples: CallSample[] = []
  refuse: ApiError | null = null
  call: Call | null = null
  /** How calls of mine begin, when otherwise than ringing. */
  begins: Partial<Call> = {}
  places: RelayPlace[] = []
  /** How near relays are, as told with each call and answer. */
  readonly near: NewCall['near'][] = []
  join: (lostNode?: string) => Promise<CallJoin> = () => Promise.reject(new ApiError({ code: 'client.offline' }))

  get api(): Api {
    const answer = (change: Partial<Call>, states?: [CallMember['state'], CallMember['state']]) => {
      if (this.refuse) throw this.refuse
      this.call = aCall({ ...this.call, ...change, revision: (this.call?.revision ?? 0) + 1, members: aCall({}, states).members })
      return this.call
    }
    const told = (what: string, act: () => unknown) => async () => {
      this.asked.push(what)
      return act()
    }
    const calling = {
      start: ({ near }: NewCall) => {
        this.near.push(near)
        return told('start', () => answer({ outcome: null, caller_id: 'per_1', state: 'invited', ...this.begins }, ['invited', 'accepted']))()
      },
      current: async () => ({ items: this.call && this.call.state !== 'ended' ? [this.call] : [], places: this.places }),
      call: async () => this.call ?? Promise.reject(new ApiError({ code: 'request.not_found', status: 404 })),
      ringing: told('ringing', () => this.call),
      answer: (_: string, __: string, ___: string, near: NewCall['near']) => {
        this.near.push(near)
        return told('answer', () => answer({ state: 'accepted' }, ['accepted', 'accepted']))()
      },
      decline: async (_: string, reason: string) => told(`decline ${reason}`, () => answer({ state: 'ended', outcome: 'declined' }, ['left', 'declined']))(),
      cancel: told('cancel', () => answer({ state: 'ended', outcome: 'cancelled' }, ['missed', 'left'])),
      leave: told('leave', () => answer({}, ['accepted', 'left'])),
      end: told('end', () => answer({ state: 'ended', outcome: 'completed', seconds: 61 }, ['left', 'left'])),
      join: async (_: string, __: string, lostNode?: string) => {
        this.asked.push(lostNode ? `join without ${lostNode}` : 'join')
        const joined = await this.join(lostNode)
        return { ...joined, call: this.call ?? joined.call }
      },
      addSamples: async (_: string, items: CallSample[]) => void this.samples.push(...items),
    }
    return { calling } as unknown as Api
  }
}
