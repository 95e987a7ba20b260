import type { components } from './api'
import type { Http, Query } from './http'
import type { Page, PageQuery } from './types'

type Schemas = components['schemas']

/** A run that takes over what the hospital's own system holds, and how much it changed. */
export type HisSync = Schemas['HisSyncView']
export type HisSyncTally = HisSync['tallies'][number]
/** What a run did with one record that was not simply the same. */
export type HisSyncLine = Schemas['SyncLineView']

/** The routes of runs against the hospital's own system. */
export function createHisSyncApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query })
  const at = (id: string) => `/directory/his-syncs/${encodeURIComponent(id)}`
  return {
    all: (query: PageQuery & { organisation_id?: string } = {}) => get<Page<HisSync>>('/directory/his-syncs', query),
    one: (id: string) => get<HisSync>(at(id)),
    start: (organisation_id: string, extent: HisSync['extent'], key?: string) =>
      http.request<HisSync>({
        method: 'POST',
        path: '/directory/his-syncs',
        body: { organisation_id, extent },
        ...(key ? { key } : {}),
      }),
    lines: (id: string, query: PageQuery & { became?: HisSyncLine['became'] } = {}) =>
      get<Page<HisSyncLine>>(`${at(id)}/lines`, query),
  }
}

export type HisSyncApi = ReturnType<typeof createHisSyncApi>
