import type { components } from './api'
import { createCallingApi } from './calling_routes'
import { createCardApi } from './card_routes'
import { createDictionaryApi } from './dictionary_routes'
import { createEmergencyApi } from './emergency_routes'
import { createDataCopyApi } from './data_copy_routes'
import { createFamilyApi } from './family_routes'
import type { Http, Query } from './http'
import { createHisSyncApi } from './his_sync_routes'
import { createRealNameApi } from './identity_routes'
import { createPicturesApi } from './picture_routes'
import type { FaceFigures, FaceReport } from './picture_routes'
import { createMessagingApi } from './messaging_routes'
import { createNotificationApi } from './notification_routes'
import { createOrganisationApi } from './organisation_routes'
import type { Terminal } from './organisation_routes'
import { createPatientApi } from './patient_routes'
import { createSignInApi } from './sign_in_routes'
import { createSmsApi } from './sms_routes'
import { createStaffApi } from './staff_routes'
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
  Duties,
  KindSchema,
  Me,
  OpenSession,
  Operation,
  Page,
  PageQuery,
  PasswordReset,
  Preferences,
  ReferenceContent,
  ReferenceItem,
  ReferenceKind,
  ReportFile,
  SealBlock,
  SecondStepAsked,
  SessionOpened,
  SignIn,
  SignInSeen,
  StaffAccess,
  StaffSessionOpened,
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
  department_id?: string
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
    realName: createRealNameApi(http),
    pictures: createPicturesApi(http),
    cards: createCardApi(http),
    family: createFamilyApi(http),
    dataCopies: createDataCopyApi(http),
    organisations: createOrganisationApi(http),
    patients: createPatientApi(http),
    emergency: createEmergencyApi(http),
    signIn: createSignInApi(http),
    staff: createStaffApi(http),
    hisSyncs: createHisSyncApi(http),
    dictionaries: createDictionaryApi(http),
    identity: {
      sendCode: (phone: string, terminal: Terminal = 'web') => ask<CodeSent>('/identity/codes', { phone, terminal }),
      openPatientSession: (phone: string, code: string) =>
        ask<SessionOpened>('/identity/patient-sessions', { phone, code }),
      showPassword: (account: string, password: string) =>
        ask<SecondStepAsked>('/identity/staff-sessions', { account, password }),
      showSecondFactor: (stepToken: string, code: string) =>
        ask<StaffSessionOpened>('/identity/staff-sessions/second-step', { step_token: stepToken, code }),
      refreshSession: (audience: Audience) =>
        http.request<SessionOpened>({
          method: 'POST',
          path: '/identity/sessions/refresh',
          body: { audience },
          anonymous: true,
        }),
      signOut: () => post<void>('/identity/sign-out', {}),
      sessions: (query: PageQuery = {}) => get<Page<OpenSession>>('/identity/sessions', query),
      changePassword: (change: components['schemas']['ChangePassword'], key?: string) =>
        http.request<components['schemas']['PasswordChanged']>({
          method: 'POST',
          path: '/identity/password',
          body: change,
          ...(key ? { key } : {}),
        }),
      endSession: (id: string) => http.request<void>({ method: 'DELETE', path: `/identity/sessions/${segment(id)}` }),
      signIns: (query: PageQuery = {}) => get<Page<SignIn>>('/identity/sign-ins', query),
      duties: () => get<Duties>('/identity/access/duties'),
      writeDuty: (code: string, body: { name: string; permissions: string[]; version: number }) =>
        http.request<Duties>({ method: 'PUT', path: `/identity/access/duties/${segment(code)}`, body }),
      accessOf: (account: string) => get<StaffAccess>('/identity/access/staff', { account }),
      giveDuties: (id: string, body: { duties: string[]; scope: StaffAccess['scope']; version: number }) =>
        http.request<StaffAccess>({ method: 'PUT', path: `/identity/access/staff/${segment(id)}`, body }),
      switchAccount: (id: string, act: 'disable' | 'enable') =>
        post<StaffAccess>(`/identity/access/staff/${segment(id)}/${act}`, undefined),
      resetPassword: (id: string) => post<PasswordReset>(`/identity/access/staff/${segment(id)}/password-reset`, undefined),
      resetSecondFactor: (id: string) =>
        post<StaffAccess>(`/identity/access/staff/${segment(id)}/second-factor-reset`, undefined),
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
      faceReport: () => get<FaceReport>('/house/face-report'),
      bringFaceReport: (figures: FaceFigures, key: string) =>
        http.request<FaceReport>({ method: 'PUT', path: '/house/face-report', body: { figures }, key }),
    },
    messaging: createMessagingApi(http),
    calling: createCallingApi(http),
    sms: createSmsApi(http),
  }
}

export type Api = ReturnType<typeof createApi>

function itemPath(kind: string, id: string): string {
  return `/directory/reference/${segment(kind)}/${segment(id)}`
}

function segment(text: string): string {
  return encodeURIComponent(text)
}

/** Reads page after page until `enough` items or the end. */
export async function* pagesOf<Item>(
  read: (query: PageQuery) => Promise<Page<Item>>,
  enough = 2000,
): AsyncGenerator<Item[]> {
  let cursor: string | null = null
  let count = 0
  do {
    const page: Page<Item> = await read({ cursor, limit: 100 })
    count += page.items.length
    yield page.items
    cursor = page.cursor
  } while (cursor && count < enough)
}

/** The same in one list: for short lists shown whole. */
export async function readAll<Item>(
  read: (query: PageQuery) => Promise<Page<Item>>,
  enough?: number,
): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pagesOf(read, enough)) items.push(...page)
  return items
}
