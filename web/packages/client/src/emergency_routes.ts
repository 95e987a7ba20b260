import type { components } from './api'
import type { Http, Query } from './http'
import type { Message, Page, PageQuery, Visit } from './types'

type Schemas = components['schemas']

/** A record that a doctor opened in an emergency, and until when it is open. */
export type OpenedRecord = Schemas['OpenedRecord']
export type OpenRecord = Schemas['OpenRecord']
/** One that was opened, as a privacy officer sees it: the reason, and nothing of the record. */
export type EmergencyRow = Schemas['ReadingRow']
export type EmergencyDetail = Schemas['ReadingDetail']
export type EmergencyVerdict = Schemas['ReviewReading']['verdict']
/** Who opened one's own record. */
export type RecordOpening = Schemas['OwnReadingRow']

export interface EmergencyQuery extends PageQuery {
  which?: string
}

/** The routes of rule BREAK-GLASS: opening a record in an emergency, judging it, and seeing who opened one's own. */
export function createEmergencyApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query })
  const send = <Answer>(path: string, body: object, key?: string) =>
    http.request<Answer>({ method: 'POST', path, body, ...(key ? { key } : {}) })
  const opened = (id: string) => `/consultation/emergency-readings/${encodeURIComponent(id)}`
  const judged = (id: string) => `/consultation/emergency-reviews/${encodeURIComponent(id)}`
  const visit = (id: string, visitId: string) => `${opened(id)}/visits/${encodeURIComponent(visitId)}`
  return {
    open: (record: OpenRecord, key?: string) =>
      send<OpenedRecord>('/consultation/emergency-readings', record, key),
    one: (id: string) => get<OpenedRecord>(opened(id)),
    visits: (id: string) => get<{ items: Visit[] }>(`${opened(id)}/visits`),
    messages: (id: string, visitId: string, query: { before?: number; limit?: number }) =>
      get<{ items: Message[]; complete: boolean }>(`${visit(id, visitId)}/messages`, query),
    link: (id: string, visitId: string, seq: number, variant: string) =>
      get<{ url: string }>(`${visit(id, visitId)}/files/${seq}`, { variant }),
    list: (query: EmergencyQuery = {}) => get<Page<EmergencyRow>>('/consultation/emergency-reviews', query),
    detail: (id: string) => get<EmergencyDetail>(judged(id)),
    judge: (id: string, verdict: EmergencyVerdict, words: string, key?: string) =>
      send<EmergencyDetail>(judged(id), { verdict, words }, key),
    ofMe: (query: PageQuery = {}) => get<Page<RecordOpening>>('/consultation/my-record-openings', query),
  }
}

export type EmergencyApi = ReturnType<typeof createEmergencyApi>
