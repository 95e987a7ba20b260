import type { components } from './api'
import type { Http, Query } from './http'
import type { ByIntent, MessageQuery } from './routes'
import type {
  Card,
  ClientFrame,
  Conversation,
  ConversationExport,
  EntryPoint,
  FileLink,
  FileVariant,
  Held,
  MessagePage,
  MessagesFound,
  NewDirect,
  NewGroup,
  Page,
  PageQuery,
  PollAnswer,
  PollHello,
  PollOpened,
  ServerFrame,
  SocketTicket,
  Upload,
  UploadAsked,
} from './types'

/** Somebody with whom a conversation can be opened. */
export type Colleague = components['schemas']['Colleague']

export interface ColleagueQuery extends PageQuery {
  q?: string
  /** In one's own house, or among the doctors of all. */
  among?: 'house' | 'doctors'
}

export interface ConversationQuery extends PageQuery {
  state?: 'open' | 'all'
}

export interface SearchQuery extends PageQuery {
  words: string
  conversation_id?: string
}

export interface PollQuestion {
  after: number
  wait_seconds: number
  have: Held
}

/** Longer than the hospital lets a poll wait, so that the answer is its own. */
const POLL_SPARE_SECONDS = 10

/** The area of messages: conversations, uploads, links to files, and what lines need. */
export function createMessagingApi(http: Http) {
  const get = <Answer>(path: string, query: object = {}) =>
    http.request<Answer>({ method: 'GET', path: `/messaging${path}`, query: query as Query })
  const post = <Answer>(path: string, body: unknown, { key }: ByIntent = {}) =>
    http.request<Answer>({ method: 'POST', path: `/messaging${path}`, body, key })
  const put = <Answer>(path: string, body: unknown) =>
    http.request<Answer>({ method: 'PUT', path: `/messaging${path}`, body })
  const remove = <Answer>(path: string) => http.request<Answer>({ method: 'DELETE', path: `/messaging${path}` })
  const at = (id: string, rest = '') => `/conversations/${encodeURIComponent(id)}${rest}`

  return {
    colleagues: (query: ColleagueQuery = {}) =>
      http.request<Page<Colleague>>({ method: 'GET', path: '/messaging/colleagues', query: query as Query }),
    entryPoints: () => get<{ items: EntryPoint[] }>('/entry-points'),
    openTicket: () => post<SocketTicket>('/tickets', {}),
    openPoll: (hello: PollHello, base?: string) =>
      http.request<PollOpened>({ method: 'POST', path: '/messaging/polls', body: hello, base }),
    poll: (id: string, question: PollQuestion, { base, signal }: { base?: string; signal?: AbortSignal } = {}) =>
      http.request<PollAnswer>({
        method: 'POST',
        path: `/messaging/polls/${encodeURIComponent(id)}`,
        body: question,
        timeoutSeconds: question.wait_seconds + POLL_SPARE_SECONDS,
        base,
        signal,
      }),
    putFrame: (id: string, frame: ClientFrame, base?: string) =>
      http.request<ServerFrame | undefined>({
        method: 'POST',
        path: `/messaging/polls/${encodeURIComponent(id)}/frames`,
        body: frame,
        timeoutSeconds: 10,
        base,
      }),

    conversations: (query: ConversationQuery = {}) => get<Page<Conversation>>('/conversations', query),
    conversation: (id: string) => get<Conversation>(at(id)),
    open: (asked: NewDirect | NewGroup, intent?: ByIntent) => post<Conversation>('/conversations', asked, intent),
    messages: (id: string, query: MessageQuery = {}) => get<MessagePage>(at(id, '/messages'), query),
    markRead: (id: string, seq: number) => post<{ read_seq: number; unread: number }>(at(id, '/read'), { seq }),
    addMembers: (id: string, practitioner_role_ids: string[], intent?: ByIntent) =>
      post<Conversation>(at(id, '/members'), { practitioner_role_ids }, intent),
    removeMember: (id: string, personId: string) => remove<void>(at(id, `/members/${encodeURIComponent(personId)}`)),
    /** An empty text takes the notice away. */
    setNotice: (id: string, text: string) => put<Conversation>(at(id, '/notice'), { text }),
    setMuted: (id: string, muted: boolean) => put<Conversation | undefined>(at(id, '/muted'), { muted }),
    /** My own, the same on every computer. */
    quickReplies: () => get<{ texts: string[] }>('/quick-replies'),
    keepQuickReplies: (texts: readonly string[]) => put<{ texts: string[] }>('/quick-replies', { texts }),
    rename: (id: string, name: string) => put<Conversation>(at(id, '/name'), { name }),
    search: (query: SearchQuery) => get<MessagesFound>('/messages', query),
    card: <Shown = Card>(id: string, seq: number) => get<Shown>(at(id, `/cards/${seq}`)),
    link: (id: string, seq: number, variant: FileVariant) => get<FileLink>(at(id, `/files/${seq}`), { variant }),

    askExport: (id: string, intent?: ByIntent) => post<ConversationExport>(at(id, '/exports'), undefined, intent),
    export: (id: string, exportId: string) =>
      get<ConversationExport>(at(id, `/exports/${encodeURIComponent(exportId)}`)),

    askUpload: (asked: UploadAsked, intent?: ByIntent) => post<Upload>('/uploads', asked, intent),
    upload: (id: string) => get<Upload>(`/uploads/${encodeURIComponent(id)}`),
    finishUpload: (id: string) => post<Upload>(`/uploads/${encodeURIComponent(id)}/finish`, {}),
    cancelUpload: (id: string) => remove<void>(`/uploads/${encodeURIComponent(id)}`),
  }
}
