import type { components } from './api'
import type { Http, Query } from './http'
import type { Page, PageQuery } from './types'

type Schemas = components['schemas']

/** A hospital, clinic or branch, and what it does not offer. */
export type Organisation = Schemas['OrganisationView']
export type OrganisationContent = Omit<Schemas['CreateOrganisation'], 'parent_id'>
export type BusinessOff = Organisation['businesses_off'][number]
export type Business = BusinessOff['business']
export type Terminal = NonNullable<BusinessOff['terminal']>
/** A department and what it offers online. */
export type Department = Schemas['DepartmentView']
export type DepartmentContent = Omit<Schemas['CreateDepartment'], 'organisation_id'>
export type Service = Department['services'][number]

/** The routes of organisations and departments: anybody reads them, admins keep them. */
export function createOrganisationApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query, anonymous: true })
  const send = <Answer>(method: 'POST' | 'PUT', path: string, body: object, key?: string) =>
    http.request<Answer>({ method, path, body, ...(key ? { key } : {}) })
  const at = (kind: 'organisations' | 'departments', id: string) => `/directory/${kind}/${encodeURIComponent(id)}`
  return {
    all: (query: PageQuery = {}) => get<Page<Organisation>>('/directory/organisations', query),
    one: (id: string) => get<Organisation>(at('organisations', id)),
    found: (content: OrganisationContent & { parent_id?: string }, key?: string) =>
      send<Organisation>('POST', '/directory/organisations', content, key),
    change: (id: string, content: OrganisationContent & { version: number }) =>
      send<Organisation>('PUT', at('organisations', id), content),
    setBusinesses: (id: string, version: number, businesses_off: BusinessOff[]) =>
      send<Organisation>('PUT', `${at('organisations', id)}/businesses`, { version, businesses_off }),
    remove: (id: string) => http.request<void>({ method: 'DELETE', path: at('organisations', id) }),
    departments: (query: PageQuery & { organisation_id?: string } = {}) =>
      get<Page<Department>>('/directory/departments', query),
    foundDepartment: (content: DepartmentContent & { organisation_id: string }, key?: string) =>
      send<Department>('POST', '/directory/departments', content, key),
    changeDepartment: (id: string, content: DepartmentContent & { version: number }) =>
      send<Department>('PUT', at('departments', id), content),
    removeDepartment: (id: string) => http.request<void>({ method: 'DELETE', path: at('departments', id) }),
  }
}

export type OrganisationApi = ReturnType<typeof createOrganisationApi>
