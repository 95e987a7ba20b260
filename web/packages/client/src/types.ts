/**
 * The words of the hospital's interface, as its pages use them.
 *
 * What the server answers is taken from `api.d.ts` (generated from docs/openapi.json by
 * `npm run types`), so that a changed answer is a compile error here. Only what the document
 * leaves open is said more exactly: a kind's schema here, messages and frames in `wire.ts`.
 */
import type { components } from './api'

type Schemas = components['schemas']

/** Whose pages these are. */
export type Audience = Schemas['RefreshSession']['audience']
export type Role = Schemas['Me']['role']
export type Preferences = Schemas['Preferences']
export type Language = Preferences['language']
export type Me = Schemas['Me']
export type SessionOpened = Schemas['SessionOpened']
export type Duties = Schemas['DutiesView']
export type StaffAccess = Schemas['StaffAccess']
export type PasswordReset = Schemas['PasswordReset']
export type SecondStepAsked = Schemas['SecondStepAsked']
export type StaffSessionOpened = Schemas['StaffSessionOpened']
export type CodeSent = Schemas['CodeSent']
/** A signed-in device of mine. */
export type OpenSession = Schemas['SessionView']
/** One line of the sign-in log. */
export type SignIn = Schemas['SignInView']
/** One act in the operations log, one line of the house's sign-in log, and who it was. */
export type Operation = Schemas['OperationView']
export type SignInSeen = Schemas['SignInSeen']
export type Whom = Schemas['Whom']
/** The audit seals: a chain's end, its blocks and anchors, and what a verification found. */
export type Chain = Schemas['ChainView']
export type ChainDetail = Schemas['ChainDetail']
export type SealBlock = Schemas['BlockView']
export type Verification = Schemas['VerificationView']
/** Inspections of the hospital's running: a line of the list, a report with its findings, a report as a file. */
export type InspectionLine = Schemas['InspectionLine']
export type Inspection = Schemas['InspectionView']
export type Finding = Schemas['FindingView']
export type ReportFile = Schemas['ReportFile']
export type Doctor = Schemas['Doctor']
export type InTwoLanguages = Schemas['InBothLanguages']
export type ReferenceKind = Schemas['KindView']
export type Visit = Schemas['VisitView']
export type VisitState = Visit['state']

export interface Page<Item> {
  items: Item[]
  cursor: string | null
}

/** A page of a search, which says how far back it came. */
export interface Found<Item> extends Page<Item> {
  searched_to: string
}

export interface PageQuery {
  cursor?: string | null
  limit?: number
}

export type Widget = 'text' | 'textarea' | 'number' | 'select' | 'switch'

/** One property of a kind's JSON Schema, as far as the form drawer reads it. */
export interface FieldSchema {
  type?: string | string[]
  title?: string
  'x-title-en'?: string
  'x-widget'?: Widget
  description?: string
  enum?: (string | number)[]
  const?: string | number
  anyOf?: FieldSchema[]
  default?: unknown
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  pattern?: string
  'x-enum-titles'?: Record<string, InTwoLanguages>
}

export interface KindSchema extends ReferenceKind {
  schema: {
    type?: string
    properties: Record<string, FieldSchema>
    required?: string[]
    $defs?: Record<string, FieldSchema>
  }
}

export type ReferenceContent = Record<string, unknown>

export interface ReferenceItem<Content = ReferenceContent> extends Omit<Schemas['ItemView'], 'content'> {
  content: Content
}

export interface ApplyForVisit {
  doctor_id: string
  complaint: string
  notice_id: string
  notice_version: number
  /** For whom of one's family, if not for oneself. */
  family_member_id?: string
}

export type * from './wire'
