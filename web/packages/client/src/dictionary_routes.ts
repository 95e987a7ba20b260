import type { components } from './api'
import type { Http, Query } from './http'
import type { KindSchema, Page, PageQuery, ReferenceContent } from './types'

type Schemas = components['schemas']

/** Drugs, drug companies, diagnoses: what an entry has, and what its lists show. */
export interface Dictionary extends Omit<Schemas['DictionaryView'], 'schema'> {
  schema: KindSchema['schema']
}
/** An entry as lists show it. */
export interface EntryRow extends Omit<Schemas['EntryRow'], 'shown'> {
  shown: ReferenceContent
}
export interface DictionaryEntry extends Omit<Schemas['EntryView'], 'content'> {
  content: ReferenceContent
}
/** A file that is brought in: how far it is, and what was wrong with its lines. */
export type DictionaryImport = Schemas['ImportView']
export type BadLine = Schemas['BadLine']

export interface EntryQuery extends PageQuery {
  q?: string
  his_code?: string
  retired?: boolean
}

/** The routes of dictionaries too large for reference data. */
export function createDictionaryApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path, query: query as Query })
  const send = <Answer>(method: 'POST' | 'PUT', path: string, body: object, key?: string) =>
    http.request<Answer>({ method, path, body, ...(key ? { key } : {}) })
  const at = (dictionary: string, ...rest: string[]) =>
    ['/directory/dictionaries', ...[dictionary, ...rest].map(encodeURIComponent)].join('/')
  return {
    all: () => get<{ items: Dictionary[] }>('/directory/dictionaries'),
    entries: (name: string, query: EntryQuery = {}) => get<Page<EntryRow>>(at(name, 'entries'), query),
    entry: (name: string, id: string) => get<DictionaryEntry>(at(name, 'entries', id)),
    versions: (name: string, id: string) => get<{ items: DictionaryEntry[] }>(at(name, 'entries', id, 'versions')),
    create: (name: string, content: ReferenceContent, key?: string) =>
      send<DictionaryEntry>('POST', at(name, 'entries'), { content }, key),
    change: (name: string, id: string, version: number, content: ReferenceContent) =>
      send<DictionaryEntry>('PUT', at(name, 'entries', id), { version, content }),
    turn: (name: string, id: string, version: number, act: 'retire' | 'restore') =>
      send<DictionaryEntry>('POST', at(name, 'entries', id, act), { version }),
    remove: (name: string, id: string) => http.request<void>({ method: 'DELETE', path: at(name, 'entries', id) }),
    file: (name: string, cursor: string | null) =>
      get<{ text: string; cursor: string | null }>(at(name, 'file'), { cursor }),
    template: (name: string) => get<Schemas['Template']>(at(name, 'template')),
    askForImport: (name: string, filename: string, parts: number) =>
      send<DictionaryImport>('POST', at(name, 'imports'), { filename, parts }),
    sendPart: (name: string, id: string, number: number, content: string) =>
      send<void>('PUT', at(name, 'imports', id, 'part'), { number, content }),
    startImport: (name: string, id: string) => send<DictionaryImport>('POST', at(name, 'imports', id, 'start'), {}),
    imported: (name: string, id: string) => get<DictionaryImport>(at(name, 'imports', id)),
    report: (name: string, id: string, cursor: string | null = null) =>
      get<Page<BadLine>>(at(name, 'imports', id, 'report'), { cursor }),
  }
}

export type DictionaryApi = ReturnType<typeof createDictionaryApi>
