import type { components } from './api'
import type { Http } from './http'

type Schemas = components['schemas']

/** What was decided about one purpose, and the text as it reads now. */
export type Consent = Schemas['ConsentView']
export type ConsentPurpose = Consent['purpose']
export type ConsentAct = Schemas['DecideConsent']['act']
/** All decisions about a purpose, and the text as it was signed. */
export type ConsentHistory = Schemas['ConsentHistory']
/** What patients agree to, as those who word it see it. */
export type ConsentText = Schemas['ConsentTextView']
export type ConsentTextWords = Schemas['WriteConsentText']
/** Somebody for whom one acts. */
export type FamilyMember = Schemas['MemberView']
export type FamilyRelation = FamilyMember['relation']
/** Somebody on whose list one stands. */
export type FamilyHelper = Schemas['HelperView']
export type Family = Schemas['FamilyView']
/** A code on its way to an adult, and the text that they agree to by telling it. */
export type CodeToAdult = Schemas['CodeToAdult']
export type GuardianPaperKind = Schemas['ShownPaper']['kind']
/** Name and number as they stand on the card; for somebody under 18 what shows the guardian. */
export interface NewFamilyMember {
  name: string
  id_number: string
  relation: FamilyRelation
  paper?: { kind: GuardianPaperKind; number: string }
}
/** A child whose guardian's paper staff compare. */
export type WaitingChild = Schemas['WaitingChild']

/** With whom, if not the platform; for which child, if not oneself. */
export interface ConsentScope {
  organisation_id?: string
  family_member_id?: string
}

/** The routes of consents, of their texts, and of one's family. */
export function createFamilyApi(http: Http) {
  const of = (id: string) => encodeURIComponent(id)
  const send = <Answer>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object, key?: string) =>
    http.request<Answer>({ method, path, ...(body ? { body } : {}), ...(key ? { key } : {}) })
  return {
    all: () => http.request<Family>({ method: 'GET', path: '/identity/family' }),
    add: (member: NewFamilyMember, key?: string) => send<FamilyMember>('POST', '/identity/family', member, key),
    change: (id: string, words: { version: number; relation: FamilyRelation; called?: string }, key?: string) =>
      send<FamilyMember>('PUT', `/identity/family/${of(id)}`, words, key),
    remove: (id: string) => send<void>('DELETE', `/identity/family/${of(id)}`),
    sendCode: (id: string) => send<CodeToAdult>('POST', `/identity/family/${of(id)}/code`),
    join: (id: string, told: { code: string; text_version: number }, key?: string) =>
      send<FamilyMember>('POST', `/identity/family/${of(id)}/join`, told, key),
    agree: (id: string, textVersion: number, key?: string) =>
      send<FamilyHelper>('POST', `/identity/family-helpers/${of(id)}/agree`, { text_version: textVersion }, key),
    leave: (id: string) => send<void>('DELETE', `/identity/family-helpers/${of(id)}`),
    children: (checkId: string) =>
      http.request<{ items: WaitingChild[] }>({ method: 'GET', path: `/identity/counter-checks/${of(checkId)}/children` }),
    confirmChild: (checkId: string, id: string, key?: string) =>
      send<WaitingChild>('POST', `/identity/counter-checks/${of(checkId)}/children/${of(id)}/confirm`, {}, key),
    consents: (query: ConsentScope = {}) =>
      http.request<{ items: Consent[] }>({ method: 'GET', path: '/identity/consents', query: { ...query } }),
    consentHistory: (query: ConsentScope & { purpose: ConsentPurpose }) =>
      http.request<ConsentHistory>({ method: 'GET', path: '/identity/consents/history', query: { ...query } }),
    decide: (
      decision: ConsentScope & { purpose: ConsentPurpose; act: ConsentAct; text_version: number },
      key?: string,
    ) => send<Consent>('POST', '/identity/consents', decision, key),
    texts: () => http.request<{ items: ConsentText[] }>({ method: 'GET', path: '/directory/consent-texts' }),
    writeText: (words: ConsentTextWords, key?: string) => send<ConsentText>('PUT', '/directory/consent-texts', words, key),
  }
}

export type FamilyApi = ReturnType<typeof createFamilyApi>
