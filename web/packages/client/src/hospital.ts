import type { Connection } from './connection/connection'
import { DirectConnection } from './connection/direct'
import type { ConnectionOptions } from './connection/direct'
import { SharedConnection, tabsOfBrowser } from './connection/shared'
import type { TabSurroundings } from './connection/shared'
import { createApi } from './routes'
import type { Api } from './routes'
import { Conversations } from './conversations/conversations'
import type { ConversationsOptions } from './conversations/conversations'
import { Http } from './http'
import type { HttpOptions } from './http'
import { Session, storageOf } from './session'
import type { SessionState, SessionSurroundings } from './session'
import { loadSettings } from './settings'
import type { SiteSettings } from './settings'
import { Store } from './store'
import type { Readable } from './store'
import type { Audience } from './types'

export interface HospitalOptions {
  audience: Audience
  settings?: () => Promise<SiteSettings>
  http?: Partial<Omit<HttpOptions, 'apiBase'>>
  session?: SessionSurroundings
  connection?: ConnectionOptions
  /** How tabs find each other; null: each has a line of its own. */
  tabs?: TabSurroundings | null
  conversations?: ConversationsOptions
}

/** One page's way into the hospital. */
export interface Hospital {
  readonly audience: Audience
  readonly api: Api
  readonly http: Http
  readonly session: Session
  /** The one line for everything that travels both ways. */
  readonly connection: Connection
  /** The signed-in person's conversations; null while nobody is signed in. */
  readonly conversations: Readable<Conversations | null>
  settings(): Promise<SiteSettings>
  close(): void
}

/**
 * Wires the kit: who is signed in has a line and conversations, who is not has neither.
 *
 * Call `session.restore()` next; it answers once it is known whether somebody is signed in.
 */
export function createHospital(options: HospitalOptions): Hospital {
  let read: Promise<SiteSettings> | null = null
  const settings = () => (read ??= (options.settings ?? loadSettings)())
  const http = new Http({ ...options.http, apiBase: async () => (await settings()).api_base })
  const api = createApi(http)
  const session = new Session(options.audience, api, options.session)
  http.actFor(session)
  const tabs = options.tabs === undefined ? tabsOfBrowser() : options.tabs
  const direct = new DirectConnection(api, options.connection)
  const connection = tabs ? new SharedConnection(direct, options.audience, tabs) : direct
  const conversations = new Store<Conversations | null>(null)

  const storage = options.conversations?.storage ?? storageOf(() => globalThis.localStorage)
  const chosen = options.conversations?.indexedDb
  const indexedDb = chosen === undefined ? storageOf(() => globalThis.indexedDB) : chosen
  const kept = { ...options.conversations, storage, indexedDb }
  const follow = followSession({ api, connection, conversations, options: kept })
  const stops = [session.state.subscribe(follow), passNotices(connection, conversations), ...watchBrowser(connection)]

  return {
    audience: options.audience,
    api,
    http,
    session,
    connection,
    conversations,
    settings,
    close() {
      for (const stop of stops) stop()
      connection.stop()
      session.close()
      conversations.get()?.close(false)
    },
  }
}

interface Followed {
  api: Api
  connection: Connection
  conversations: Store<Conversations | null>
  options: ConversationsOptions
}

function followSession({ api, connection, conversations, options }: Followed): (state: SessionState) => void {
  let personId: string | null = null
  return (state) => {
    const me = state.me
    if (me?.person_id === personId) return
    connection.stop()
    conversations.get()?.close(state.because === 'signed_out')
    personId = me?.person_id ?? null
    conversations.set(
      me && new Conversations(api, connection, { person_id: me.person_id, name: me.name ?? '', role: me.role }, options),
    )
    if (me) connection.start(me.person_id)
  }
}

/** A notice about a conversation, or about the visit it belongs to, means: read its description again. */
function passNotices(connection: Connection, conversations: Readable<Conversations | null>): () => void {
  return connection.events.on('notice', ({ topic, subject }) => {
    if (topic.startsWith('conversation.')) void conversations.get()?.describe(subject)
    else if (topic.startsWith('visit.')) void conversations.get()?.subjectChanged(subject)
  })
}

/** The browser's own hints that a connection is gone, or worth trying again. */
function watchBrowser(connection: Connection): (() => void)[] {
  if (typeof window === 'undefined') return []
  const wake = () => connection.wake()
  const drop = () => connection.drop()
  const seen = () => {
    if (document.visibilityState === 'visible') connection.wake()
  }
  window.addEventListener('online', wake)
  window.addEventListener('offline', drop)
  document.addEventListener('visibilitychange', seen)
  return [
    () => window.removeEventListener('online', wake),
    () => window.removeEventListener('offline', drop),
    () => document.removeEventListener('visibilitychange', seen),
  ]
}
