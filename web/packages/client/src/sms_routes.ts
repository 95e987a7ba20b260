import type { components } from './api'
import type { Http, Query } from './http'
import type { Found, Page, PageQuery } from './types'

type Schemas = components['schemas']

/** A message that left the house, or is to. */
export type SentSms = Schemas['SmsView']
export type SmsReport = Schemas['Report']
export type SmsCounted = Schemas['Counted']
/** Another system of the hospital that sends texts through this door. */
export type SmsSystem = Schemas['SystemView']
export type SmsSystemKey = Schemas['SystemKey']

export interface SmsQuery extends PageQuery {
  organisation_id?: string
  since?: string
  until?: string
  phone?: string
  state?: string
  outcome?: string
  occasion?: string
  terminal?: string
  sender?: string
  text?: string
}

/** Days as the clinic counts them, `2026-11-22`; both ends count. */
export interface SmsReportQuery {
  organisation_id?: string
  by?: 'day' | 'week' | 'month'
  since?: string
  until?: string
  outcome?: string
  terminal?: string
  sender?: string
}

export interface SmsSystemContent {
  name: string
  most_a_day: number
  most_faces_a_day: number
}

/** The routes of messages that leave the house, and of the systems that may send. */
export function createSmsApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path: `/messaging${path}`, query: query as Query })
  const send = <Answer>(method: 'POST' | 'PUT', path: string, body?: object, key?: string) =>
    http.request<Answer>({ method, path: `/messaging${path}`, body, ...(key ? { key } : {}) })
  const system = (id: string) => `/sms-systems/${encodeURIComponent(id)}`
  return {
    find: (query: SmsQuery = {}) => get<Found<SentSms>>('/sms', query),
    report: (query: SmsReportQuery = {}) => get<SmsReport>('/sms/report', query as object),
    resend: (id: string, key?: string) => send<SentSms>('POST', `/sms/${encodeURIComponent(id)}/resend`, undefined, key),
    systems: (query: PageQuery = {}) => get<Page<SmsSystem>>('/sms-systems', query),
    letSend: (content: SmsSystemContent, key?: string) => send<SmsSystemKey>('POST', '/sms-systems', content, key),
    changeSystem: (id: string, content: SmsSystemContent & { on: boolean; version: number }) =>
      send<SmsSystem>('PUT', system(id), content),
    renewKey: (id: string, key?: string) => send<SmsSystemKey>('POST', `${system(id)}/key`, undefined, key),
  }
}

export type SmsApi = ReturnType<typeof createSmsApi>
