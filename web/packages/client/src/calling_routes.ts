import type { components } from './api'
import type { Http, Query } from './http'
import type { ByIntent } from './routes'
import type { Page, PageQuery } from './types'

type Schemas = components['schemas']

/** A call as every member sees it. `revision` rises with each change; an older one that comes late is dropped. */
export type Call = Schemas['CallView']
export type CallMember = Call['members'][number]
export type CallMedia = Call['media']
export type CallState = Call['state']
export type CallOutcome = NonNullable<Call['outcome']>
export type CallMemberState = CallMember['state']
/** The way into the relay that carries a call: a grant that is good once and for a minute, and where to show it. */
export type CallJoin = Schemas['JoinView']

/**
 * How the call was on this device in the seconds before `at`: shares 0..1, times in ms, rates in bit/s. `concealed`:
 * sound that was made up because it did not come; `limited_by`: what kept my picture smaller than it could be;
 * `set_up_ms`: from the answer to the first sound or picture, told once.
 */
export type CallSample = Omit<Schemas['SampleTaken'], 'set_up_ms'> & { set_up_ms?: number }

/** How the line of one member was: buckets of so many `seconds`, `number` times that after the call began. */
export type CallLine = Schemas['LineView']
export type CallBucket = CallLine['buckets'][number]

/** A region with relays, and where a line to one of them is opened. */
export type RelayPlace = Schemas['Place']

export interface NewCall {
  conversation_id: string
  media: CallMedia
  people?: string[]
  /** Region of relays to the ms in which a line there opened. */
  near?: Record<string, number>
}

/** The area of calls. `device`: names this tab to the hospital, through reloads. */
export function createCallingApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path: `/calling${path}`, query: query as Query })
  const post = <Answer>(path: string, body: unknown, { key }: ByIntent = {}) =>
    http.request<Answer>({ method: 'POST', path: `/calling${path}`, body, key })
  const at = (id: string, rest = '') => `/calls/${encodeURIComponent(id)}${rest}`

  return {
    start: (asked: NewCall, intent?: ByIntent) => post<Call>('/calls', asked, intent),
    /** Mine that are not over; and where relays are, if there is a choice. */
    current: () => get<Schemas['CurrentCalls']>('/calls/current'),
    call: (id: string) => get<Call>(at(id)),
    ofConversation: (id: string, query: PageQuery = {}) =>
      get<Page<Call>>(`/conversations/${encodeURIComponent(id)}/calls`, query),
    ringing: (id: string, device: string) => post<Call>(at(id, '/ringing'), { device }),
    answer: (id: string, device: string, media: CallMedia, near: Record<string, number> = {}) =>
      post<Call>(at(id, '/answer'), { device, media, near }),
    decline: (id: string, reason: 'declined' | 'busy') => post<Call>(at(id, '/decline'), { reason }),
    cancel: (id: string) => post<Call>(at(id, '/cancel'), {}),
    leave: (id: string) => post<Call>(at(id, '/leave'), {}),
    end: (id: string) => post<Call>(at(id, '/end'), {}),
    invite: (id: string, people: string[], intent?: ByIntent) => post<Call>(at(id, '/invitations'), { people }, intent),
    /** null: nothing is shown any more, if it was mine. */
    show: (id: string, seq: number | null) =>
      http.request<Call>({ method: 'PUT', path: `/calling${at(id, '/showing')}`, body: { seq } }),
    join: (id: string, device: string, lostNode?: string) =>
      post<CallJoin>(at(id, '/joins'), { device, ...(lostNode ? { lost_node: lostNode } : {}) }),
    /** For staff who may read of it: the lines of all members. */
    samples: (id: string) => get<{ items: CallLine[] }>(at(id, '/samples')),
    addSamples: (id: string, items: CallSample[]) => post<unknown>(at(id, '/samples'), { items }),
  }
}

export type CallingApi = ReturnType<typeof createCallingApi>
