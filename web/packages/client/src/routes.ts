import type { Http, Query } from './http'
import { createMessagingApi } from './messaging_routes'
import { createNotificationApi } from './notification_routes'
import type {
  ApplyForVisit,
  Audience,
  Chain,
  ChainDetail,
  CodeSent,
  Doctor,
  Found,
  Inspection,
  InspectionLine,
  KindSchema,
  Me,
  OpenSession,
  Operation,
  Page,
  PageQuery,
  Preferences,
  ReferenceContent,
  ReferenceItem,
  ReferenceKind,
  ReportFile,
  SealBlock,
  SessionOpened,
  SignIn,
  SignInSeen,
  Verification,
  Visit,
  VisitState,
} from './types'

/** `key`: the idempotency key of the intent (see `Intent`); without one each call is its own intent. */
export interface ByIntent {
  key?: string
}

export interface DoctorQuery extends PageQuery {
  department?: string
  q?: string
  organisation_id?: string
}

export interface ReferenceQuery extends PageQuery {
  q?: string
  retired?: boolean
  organisation_id?: string
}

/** Both logs: an operator names the organisation; times are moments, the ends included. */
export interface LogQuery extends PageQuery {
  organisation_id?: string
  who?: string
  role?: string
  since?: string
  until?: string
}

export interface OperationQuery extends LogQuery {
  record?: string
  act?: string
  kind?: string
}

export interface SignInQuery extends LogQuery {
  outcome?: string
}

export interface MessageQuery {
  after?: number
  before?: number
  limit?: number
}

/** Every route of the hospital as a function with typed arguments and answer. */
export function createApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}, anonymous = false) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query, anonymous })
  const post = <Answer>(path: string, body: unknown, { key }: ByIntent = {}) =>
    http.request<Answer>({ method: 'POST', path, body, key })
  const ask = <Answer>(path: string, body: unknown) =>
    http.request<Answer>({ method: 'POST', path, body, anonymous: true })

  return {
    notifications: createNotificationApi(http),
    identity: {
      sendCode: (phone: string) => ask<CodeSent>('/identity/codes', { phone }),
      openPatientSession: (phone: string, code: string) =>
        ask<SessionOpened>('/identity/patient-sessions', { phone, code }),
      openStaffSession: (account: string, password: string) =>
        ask<SessionOpened>('/identity/staff-sessions', { account, password }),
      refreshSession: (audience: Audience) =>
        http.request<SessionOpened>({
          method: 'POST',
          path: '/identity/sessions/refresh',
          body: { audience },
          anonymous: true,
        }),
      signOut: () => post<void>('/identity/sign-out', {}),
      sessions: (query: PageQuery = {}) => get<Page<OpenSession>>('/identity/sessions', query),
      endSession: (id: string) => http.request<void>({ method: 'DELETE', path: `/identity/sessions/${segment(id)}` }),
      signIns: (query: PageQuery = {}) => get<Page<SignIn>>('/identity/sign-ins', query),
      me: () => get<Me>('/identity/me'),
      changeMe: (change: { name?: string; preferences?: Partial<Preferences> }) =>
        http.request<Me>({ method: 'PATCH', path: '/identity/me', body: change }),
    },
    directory: {
      doctors: (query: DoctorQuery = {}) => get<Page<Doctor>>('/directory/doctors', query, true),
      doctor: (id: string) => get<Doctor>(`/directory/doctors/${segment(id)}`, {}, true),
      kinds: () => get<{ items: ReferenceKind[] }>('/directory/reference'),
      schema: (kind: string) => get<KindSchema>(`/directory/reference/${segment(kind)}/schema`),
      items: <Content = ReferenceContent>(kind: string, query: ReferenceQuery = {}) =>
        get<Page<ReferenceItem<Content>>>(`/directory/reference/${segment(kind)}`, query),
      item: <Content = ReferenceContent>(kind: string, id: string) =>
        get<ReferenceItem<Content>>(itemPath(kind, id)),
      createItem: (kind: string, content: ReferenceContent, intent?: ByIntent) =>
        post<ReferenceItem>(`/directory/reference/${segment(kind)}`, { content }, intent),
      changeItem: (kind: string, id: string, change: { version: number; content: ReferenceContent }) =>
        http.request<ReferenceItem>({ method: 'PUT', path: itemPath(kind, id), body: change }),
      retireItem: (kind: string, id: string, version: number, intent?: ByIntent) =>
        post<ReferenceItem>(`${itemPath(kind, id)}/retire`, { version }, intent),
      restoreItem: (kind: string, id: string, version: number, intent?: ByIntent) =>
        post<ReferenceItem>(`${itemPath(kind, id)}/restore`, { version }, intent),
    },
    consultation: {
      apply: (visit: ApplyForVisit, intent?: ByIntent) => post<Visit>('/consultation/visits', visit, intent),
      visits: (query: PageQuery & { state?: VisitState } = {}) => get<Page<Visit>>('/consultation/visits', query),
      visit: (id: string) => get<Visit>(`/consultation/visits/${segment(id)}`),
      queue: (query: PageQuery = {}) => get<Page<Visit>>('/consultation/queue', query),
      accept: (id: string, intent?: ByIntent) =>
        post<Visit>(`/consultation/visits/${segment(id)}/accept`, {}, intent),
      refuse: (id: string, refusal: { reason_id: string; words?: string }, intent?: ByIntent) =>
        post<Visit>(`/consultation/visits/${segment(id)}/refuse`, refusal, intent),
      finish: (id: string, summary: { conclusion: string; advice: string }, intent?: ByIntent) =>
        post<Visit>(`/consultation/visits/${segment(id)}/finish`, summary, intent),
    },
    house: {
      operations: (query: OperationQuery = {}) => get<Found<Operation>>('/house/operations', query),
      signIns: (query: SignInQuery = {}) => get<Found<SignInSeen>>('/house/sign-ins', query),
      chains: () => get<{ items: Chain[] }>('/house/seals'),
      chain: (id: string) => get<ChainDetail>(`/house/seals/${segment(id)}`),
      blocks: (id: string, query: { before?: number; limit?: number } = {}) =>
        get<{ items: SealBlock[]; before: number | null }>(`/house/seals/${segment(id)}/blocks`, query),
      verify: (id: string, intent?: ByIntent) =>
        post<Verification>(`/house/seals/${segment(id)}/verifications`, undefined, intent),
      inspect: (hours: number, intent?: ByIntent) => post<InspectionLine>('/house/inspections', { hours }, intent),
      inspections: (query: PageQuery = {}) => get<Page<InspectionLine>>('/house/inspections', query),
      inspection: (id: string) => get<Inspection>(`/house/inspections/${segment(id)}`),
      inspectionFile: (id: string, form: 'html' | 'json', language: 'zh' | 'en') =>
        get<ReportFile>(`/house/inspections/${segment(id)}/file`, { form, language }),
    },
    messaging: createMessagingApi(http),
  }
}

export type Api = ReturnType<typeof createApi>

function itemPath(kind: string, id: string): string {
  return `/directory/reference/${segment(kind)}/${segment(id)}`
}

function segment(text: string): string {
  return encodeURIComponent(text)
}

/** Reads page after page until `enough` items or the end: for short lists shown whole. */
export async function readAll<Item>(
  read: (query: PageQuery) => Promise<Page<Item>>,
  enough = 2000,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const page: Page<Item> = await read({ cursor, limit: 100 })
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor && items.length < enough)
  return items
}
