import type { components } from './api'
import type { Http, Query } from './http'
import type { FileLink, Page, PageQuery } from './types'

type Schemas = components['schemas']

/** Somebody who works here, as admins and they themselves see them. */
export type StaffMember = Schemas['StaffView']
/** Likewise, with how they are reached and the name of their account. */
export type StaffDetail = Schemas['StaffDetail']
export type Standing = StaffMember['standing']
export type Paper = Schemas['PaperView']
export type ScanVariant = 'original' | 'display' | 'thumbnail'
/** A kind of paper that is asked of somebody in that role. */
export type PaperAsked = Schemas['PaperAsked']
export type NewPaper = Schemas['AddPaper']
export type TakenOn = Schemas['TakenOn']
export type NewStaff = Schemas['TakeOnStaff']
export type StaffContent = Omit<Schemas['ChangeStaff'], 'version'>
/** How one stands oneself, what one has shown, and what is asked. */
export type Registration = Schemas['Registration']

export interface StaffQuery extends PageQuery {
  organisation_id?: string
  q?: string
  role?: string
  standing?: string
  department_id?: string
}

/** The routes of those who work at an organisation, of their papers and their review. */
export function createStaffApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query })
  const send = <Answer>(method: 'POST' | 'PUT', path: string, body: object, key?: string) =>
    http.request<Answer>({ method, path, body, ...(key ? { key } : {}) })
  const scanAt = (place: string, paperId: string) => `${place}/papers/${encodeURIComponent(paperId)}/scan`
  const at = (id: string) => `/directory/staff/${encodeURIComponent(id)}`
  const papersOf = (id?: string) => `${id ? at(id) : '/directory/registration'}/papers`
  return {
    find: (query: StaffQuery = {}) => get<Page<StaffMember>>('/directory/staff', query),
    one: (id: string) => get<StaffDetail>(at(id)),
    /** Who is reached under exactly that phone number. */
    reachedUnder: (phone: string) => send<{ items: StaffMember[] }>('POST', '/directory/staff-searches', { phone }),
    takeOn: (staff: NewStaff, key?: string) => send<TakenOn>('POST', '/directory/staff', staff, key),
    change: (id: string, content: StaffContent & { version: number }) => send<StaffDetail>('PUT', at(id), content),
    remove: (id: string) => http.request<void>({ method: 'DELETE', path: at(id) }),
    /** `seen`: the papers as they were read; when others are there now, nothing is decided. */
    approve: (id: string, version: number, seen: readonly Paper[]) =>
      send<StaffMember>('POST', `${at(id)}/approve`, {
        version,
        papers: Object.fromEntries(seen.map((paper) => [paper.id, paper.version])),
      }),
    restore: (id: string, version: number) => send<StaffMember>('POST', `${at(id)}/restore`, { version }),
    refuse: (id: string, act: 'reject' | 'suspend', version: number, reason: string) =>
      send<StaffMember>('POST', `${at(id)}/${act}`, { version, reason }),
    papers: (id: string) => get<{ items: Paper[]; asked: PaperAsked[] }>(`${at(id)}/papers`),
    /** The address of a paper's scan, good for a few minutes. Each is written down by the hospital. */
    scan: (id: string, paperId: string, variant: ScanVariant) => get<FileLink>(scanAt(at(id), paperId), { variant }),
    registration: () => get<Registration>('/directory/registration'),
    /** Of the member of staff with that id, entered by who reviews them; one's own without. */
    addPaper: (paper: NewPaper, key?: string, of?: string) => send<Paper>('POST', papersOf(of), paper, key),
    /** One's own only while nobody was approved by it. */
    takeBack: (paperId: string, of?: string) =>
      http.request<void>({ method: 'DELETE', path: `${papersOf(of)}/${encodeURIComponent(paperId)}` }),
    attachScan: (paperId: string, upload_id: string, key?: string) =>
      send<Paper>('PUT', scanAt('/directory/registration', paperId), { upload_id }, key),
    ownScan: (paperId: string, variant: ScanVariant) =>
      get<FileLink>(scanAt('/directory/registration', paperId), { variant }),
    submit: () => send<Registration>('POST', '/directory/registration/submit', {}),
    checkIn: (id_number: string) => send<Registration>('POST', '/directory/registration/check-in', { id_number }),
  }
}

export type StaffApi = ReturnType<typeof createStaffApi>
