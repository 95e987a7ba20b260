import type { components } from './api'
import type { Http } from './http'

type Schemas = components['schemas']

/** A copy of what the hospital keeps of somebody, and how far it is. */
export type DataCopy = Schemas['DataCopyView']
export type DataCopyLink = Schemas['DataCopyLink']

/** The routes of copies of one's own data. */
export function createDataCopyApi(http: Http) {
  return {
    all: () => http.request<{ items: DataCopy[] }>({ method: 'GET', path: '/identity/data-copies' }),
    /** One's own, or a child's of one's family. */
    ask: (memberId?: string, key?: string) =>
      http.request<DataCopy>({
        method: 'POST',
        path: '/identity/data-copies',
        body: memberId ? { family_member_id: memberId } : {},
        ...(key ? { key } : {}),
      }),
    link: (id: string) =>
      http.request<DataCopyLink>({ method: 'POST', path: `/identity/data-copies/${encodeURIComponent(id)}/link`, body: {} }),
  }
}

export type DataCopyApi = ReturnType<typeof createDataCopyApi>
