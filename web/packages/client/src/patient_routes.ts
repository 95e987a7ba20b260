import type { components } from './api'
import type { Http, Query } from './http'
import type { Terminal } from './organisation_routes'
import type { Page, PageQuery, SessionOpened } from './types'

type Schemas = components['schemas']

/** A patient's file at one's organisation; numbers are masked. */
export type PatientFile = Schemas['PatientView']
/** A file that may be of the same person. */
export type LikelySame = Schemas['LikelySame']
export type PatientSearch = Schemas['SearchPatients']
export type PatientChange = Schemas['ChangePatient']
/** Somebody on the blacklist, as the organisation sees it. */
export type Blacklisting = Schemas['BlacklistingView']
export type BlacklistReason = Blacklisting['reason']
/** Where one is on a blacklist oneself, and why. */
export type OwnBlacklisting = Schemas['OwnBlacklisting']
/** What a terminal asks of a new patient. */
export type SignUpFlow = Schemas['SignUpFlowView']
export type SignUpFlowContent = Omit<Schemas['SetSignUpFlow'], 'terminal' | 'version'>
export type NewAccount = Schemas['SignUp']

export interface BlacklistQuery extends PageQuery {
  state?: string
}

/** The routes of an organisation's patients and blacklist, of one's own restrictions, and of signing up. */
export function createPatientApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query })
  const send = <Answer>(method: 'PATCH' | 'POST' | 'PUT', path: string, body: object, key?: string) =>
    http.request<Answer>({ method, path, body, ...(key ? { key } : {}) })
  const file = (id: string) => `/identity/patients/${encodeURIComponent(id)}`
  const listed = (id: string) => `/identity/blacklist/${encodeURIComponent(id)}`
  return {
    search: (search: PatientSearch) => send<Page<PatientFile>>('POST', '/identity/patient-searches', search),
    one: (id: string) => get<PatientFile>(file(id)),
    change: (id: string, change: PatientChange, key?: string) => send<PatientFile>('PATCH', file(id), change, key),
    likelySame: (id: string) => get<{ items: LikelySame[] }>(`${file(id)}/likely-same`),
    merge: (id: string, files: Schemas['MergeFiles'], key?: string) =>
      send<PatientFile>('POST', `${file(id)}/merges`, files, key),
    undoMerge: (id: string, other: string, version: number, key?: string) =>
      send<PatientFile>('POST', `${file(id)}/merges/${encodeURIComponent(other)}/undo`, { version }, key),
    blacklist: (query: BlacklistQuery = {}) => get<Page<Blacklisting>>('/identity/blacklist', query),
    list: (patient: Schemas['ListPatient'], key?: string) =>
      send<Blacklisting>('POST', '/identity/blacklist', patient, key),
    answer: (id: string, act: 'remove' | 'uphold', words: string, key?: string) =>
      send<Blacklisting>('POST', `${listed(id)}/${act}`, { words }, key),
    restrictions: () => get<{ items: OwnBlacklisting[] }>('/identity/blacklistings'),
    appeal: (id: string, words: string, key?: string) =>
      send<OwnBlacklisting>('POST', `/identity/blacklistings/${encodeURIComponent(id)}/appeal`, { words }, key),
    signUpFlow: (terminal: Terminal, organisationId?: string) =>
      http.request<SignUpFlow>({
        method: 'GET',
        path: '/identity/sign-up-flow',
        query: { terminal, ...(organisationId ? { organisation_id: organisationId } : {}) },
        anonymous: true,
      }),
    setSignUpFlow: (terminal: Terminal, version: number, content: SignUpFlowContent, key?: string) =>
      send<SignUpFlow>('PUT', '/identity/sign-up-flow', { terminal, version, ...content }, key),
    signUp: (account: NewAccount) =>
      http.request<SessionOpened>({ method: 'POST', path: '/identity/sign-ups', body: account, anonymous: true }),
  }
}

export type PatientApi = ReturnType<typeof createPatientApi>
