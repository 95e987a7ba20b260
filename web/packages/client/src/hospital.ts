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
import { Socket } from './socket'
import type { SocketOptions } from './socket'
import { Store } from './store'
import type { Readable } from './store'
import type { Audience } from './types'

export interface HospitalOptions {
  audience: Audience
  settings?: () => Promise<SiteSettings>
  http?: Partial<Omit<HttpOptions, 'apiBase'>>
  session?: SessionSurroundings
  socket?: SocketOptions
  conversations?: ConversationsOptions
}

/** One page's way into the hospital. */
export interface Hospital {
  readonly audience: Audience
  readonly api: Api
  readonly http: Http
  readonly session: Session
  readonly socket: Socket
  /** The signed-in person's conversations; null while nobody is signed in. */
  readonly conversations: Readable<Conversations | null>
  settings(): Promise<SiteSettings>
  close(): void
}

/**
 * Wires the kit: who is signed in has a socket and conversations, who is not has neither.
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
  const socket = new Socket(api, options.socket)
  const conversations = new Store<Conversations | null>(null)

  const storage = options.conversations?.storage ?? storageOf(() => globalThis.localStorage)
  const follow = followSession({ api, socket, conversations, options: { ...options.conversations, storage } })
  const stops = [session.state.subscribe(follow), passNotices(socket, conversations), ...watchBrowser(socket)]

  return {
    audience: options.audience,
    api,
    http,
    session,
    socket,
    conversations,
    settings,
    close() {
      for (const stop of stops) stop()
      socket.stop()
      session.close()
      conversations.get()?.close(false)
    },
  }
}

interface Followed {
  api: Api
  socket: Socket
  conversations: Store<Conversations | null>
  options: ConversationsOptions
}

function followSession({ api, socket, conversations, options }: Followed): (state: SessionState) => void {
  let personId: string | null = null
  return (state) => {
    const me = state.me
    if (me?.person_id === personId) return
    socket.stop()
    conversations.get()?.close(state.because === 'signed_out')
    personId = me?.person_id ?? null
    conversations.set(
      me && new Conversations(api, socket, { person_id: me.person_id, name: me.name ?? '', role: me.role }, options),
    )
    if (me) socket.start()
  }
}

/** A notice about a conversation, or about the visit it belongs to, means: read its description again. */
function passNotices(socket: Socket, conversations: Readable<Conversations | null>): () => void {
  return socket.events.on('notice', ({ topic, subject }) => {
    if (topic.startsWith('conversation.')) void conversations.get()?.describe(subject)
    else if (topic.startsWith('visit.')) void conversations.get()?.subjectChanged(subject)
  })
}

/** The browser's own hints that a connection is gone, or worth trying again. */
function watchBrowser(socket: Socket): (() => void)[] {
  if (typeof window === 'undefined') return []
  const wake = () => socket.wake()
  const drop = () => socket.drop()
  const seen = () => {
    if (document.visibilityState === 'visible') socket.wake()
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
