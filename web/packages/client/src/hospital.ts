import type { Connection } from './connection/connection'
import { DirectConnection } from './connection/direct'
import type { ConnectionOptions } from './connection/direct'
import { Calls } from './calls/calls'
import type { CallsOptions } from './calls/calls'
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
  calls?: CallsOptions
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
  /** The signed-in person's calls on this device; null likewise. */
  readonly calls: Readable<Calls | null>
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
  const calls = new Store<Calls | null>(null)

  const storage = options.conversations?.storage ?? storageOf(() => globalThis.localStorage)
  const chosen = options.conversations?.indexedDb
  const indexedDb = chosen === undefined ? storageOf(() => globalThis.indexedDB) : chosen
  const kept = { ...options.conversations, storage, indexedDb }
  const callsOptions = { now: () => http.now(), ...options.calls }
  const follow = followSession({ api, connection, conversations, calls, options: kept, callsOptions })
  const stops = [
    session.state.subscribe(follow),
    passNotices(connection, conversations),
    ...watchBrowser(connection, () => calls.get()?.networkChanged()),
  ]

  return {
    audience: options.audience,
    api,
    http,
    session,
    connection,
    conversations,
    calls,
    settings,
    close() {
      for (const stop of stops) stop()
      connection.stop()
      session.close()
      conversations.get()?.close(false)
      calls.get()?.close()
    },
  }
}

interface Followed {
  api: Api
  connection: Connection
  conversations: Store<Conversations | null>
  calls: Store<Calls | null>
  options: ConversationsOptions
  callsOptions: CallsOptions
}

function followSession({ api, connection, conversations, calls, options, callsOptions }: Followed): (state: SessionState) => void {
  let personId: string | null = null
  return (state) => {
    const me = state.me?.password_due ? null : state.me // the hospital answers them nothing yet
    if (me?.person_id === personId) return
    connection.stop()
    conversations.get()?.close(state.because === 'signed_out')
    calls.get()?.close()
    personId = me?.person_id ?? null
    conversations.set(
      me && new Conversations(api, connection, { person_id: me.person_id, name: me.name ?? '', role: me.role }, options),
    )
    const mayCall = me?.permissions.includes('call:hold')
    calls.set(me && mayCall ? new Calls(api, connection, me.person_id, callsOptions) : null)
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
function watchBrowser(connection: Connection, networkChanged: () => void): (() => void)[] {
  if (typeof window === 'undefined') return []
  const wake = () => {
    connection.wake()
    networkChanged()
  }
  // From Wi-Fi to a phone's own network, where browsers say so.
  const network = (navigator as { connection?: EventTarget }).connection
  network?.addEventListener('change', networkChanged)
  const drop = () => connection.drop()
  const seen = () => {
    if (document.visibilityState === 'visible') connection.wake()
  }
  window.addEventListener('online', wake)
  window.addEventListener('offline', drop)
  document.addEventListener('visibilitychange', seen)
  return [
    () => network?.removeEventListener('change', networkChanged),
    () => window.removeEventListener('online', wake),
    () => window.removeEventListener('offline', drop),
    () => document.removeEventListener('visibilitychange', seen),
  ]
}
