/** The Vue layer: stores as refs, reads as resources. All rules live in the framework-free core. */
import { computed, inject, onScopeDispose, ref, shallowRef, toValue, watch } from 'vue'
import type { App, ComputedRef, InjectionKey, MaybeRefOrGetter, Ref, ShallowRef } from 'vue'
export { useCall, useCalls } from './calls/vue'
export type { CallUse } from './calls/vue'
import { asApiError } from './errors'
import type { ApiError } from './errors'
import type { ConnectionPhase } from './connection/connection'
import type { Transport } from './connection/line'
import type { Conversations } from './conversations/conversations'
import type { ListView } from './conversations/list'
import type { Draft, FileFacts, Sending } from './conversations/outgoing'
import type { ConversationView } from './conversations/thread'
import type { Hospital } from './hospital'
import type { SessionState } from './session'
import type { NotificationChoice, NotificationSettings } from './notification_routes'
import type { Readable } from './store'
import type { AttachmentType, Card, FileVariant, Me, Message, Notice, SearchedTo } from './types'

const HOSPITAL: InjectionKey<Hospital> = Symbol('hospital')

/** `app.use(hospitalPlugin(hospital))` */
export function hospitalPlugin(hospital: Hospital) {
  return { install: (app: App) => app.provide(HOSPITAL, hospital) }
}

export function useHospital(): Hospital {
  const hospital = inject(HOSPITAL)
  if (!hospital) throw new Error('no hospital: app.use(hospitalPlugin(hospital)) is missing')
  return hospital
}

/** A store as a ref that follows it while the scope lives. */
export function useStore<Value>(store: Readable<Value>): Readonly<ShallowRef<Value>> {
  const held = shallowRef(store.get())
  onScopeDispose(store.subscribe((value) => (held.value = value)))
  return held
}

/** Like `useStore`, for a store that depends on something reactive. */
export function useStoreOf<Value>(pick: () => Readable<Value> | null, otherwise: Value): Readonly<ShallowRef<Value>> {
  const held = shallowRef<Value>(otherwise)
  let stop: (() => void) | undefined
  watch(
    pick,
    (store) => {
      stop?.()
      held.value = store ? store.get() : otherwise
      stop = store?.subscribe((value) => (held.value = value))
    },
    { immediate: true },
  )
  onScopeDispose(() => stop?.())
  return held
}

export function useSession(): {
  state: Readonly<ShallowRef<SessionState>>
  me: ComputedRef<Me | null>
  can: (permission: string) => boolean
} {
  const { session } = useHospital()
  const state = useStore(session.state)
  const me = computed(() => state.value.me)
  return { state, me, can: (permission) => me.value?.permissions.includes(permission) ?? false }
}

/** `offline`: nothing reaches the hospital. `live`: a line is open, so lists follow by themselves. */
export function useConnection(): {
  phase: Readonly<ShallowRef<ConnectionPhase>>
  /** What carries the line; null: none is open. */
  transport: Readonly<ShallowRef<Transport | null>>
  offline: ComputedRef<boolean>
  live: ComputedRef<boolean>
} {
  const { http, connection } = useHospital()
  const reachable = useStore(http.reachable)
  const phase = useStore(connection.phase)
  const network = ref(globalThis.navigator?.onLine !== false)
  const look = () => (network.value = navigator.onLine)
  window.addEventListener('online', look)
  window.addEventListener('offline', look)
  onScopeDispose(() => {
    window.removeEventListener('online', look)
    window.removeEventListener('offline', look)
  })
  return {
    phase,
    transport: useStore(connection.transport),
    live: computed(() => phase.value === 'online'),
    offline: computed(() => !network.value || !reachable.value),
  }
}

const NO_LIST: ListView = { items: [], unread: 0, muted_unread: 0, loading: false, loaded: false, error: null }

/** My conversations, latest activity first; read when first used. */
export function useConversations(): {
  list: Readonly<ShallowRef<ListView>>
  refresh: () => Promise<void>
} {
  const { conversations } = useHospital()
  const mine = useStore(conversations)
  const list = useStoreOf(() => mine.value?.list ?? null, NO_LIST)
  watch(mine, (now) => now && !now.list.get().loaded && void now.refresh(), { immediate: true })
  return { list, refresh: async () => mine.value?.refresh() }
}

const NO_VIEW: ConversationView = {
  conversation: null,
  messages: [],
  outgoing: [],
  complete: false,
  loading: 'none',
  error: null,
  marks: {},
  typing: [],
  present: null,
}

/** Who is online is asked again while somebody looks at the page. */
const PRESENCE_EVERY_MS = 60_000

export interface ConversationUse {
  view: Readonly<ShallowRef<ConversationView>>
  /** Reads it again, after an error. */
  open: () => void
  /** null: nobody is signed in, or no conversation is chosen. */
  send: (draft: string | Draft) => Sending | null
  sendFile: (file: Blob, type: AttachmentType, facts?: FileFacts) => Sending | null
  loadOlder: () => Promise<void>
  /** Reads backwards until that message is held; answers whether it is. */
  loadUntil: (seq: number) => Promise<boolean>
  markRead: (seq: number) => void
  retry: (clientId: string) => void
  /** Takes back what was not sent, upload and all; its text, or null. */
  discard: (clientId: string) => string | null
  /** Rejects with an `ApiError` when it cannot be recalled. */
  recall: (seq: number) => Promise<void>
  /** Call at every key. */
  typing: () => void
  mute: (muted: boolean) => Promise<void>
  /** Where a file of a message can be fetched for some minutes. Rejects with an `ApiError`. */
  link: (seq: number, variant: FileVariant) => Promise<string>
  /** What a card shows to me, now. */
  card: <Shown = Card>(seq: number) => Promise<Shown>
}

/** One conversation, opened while `id` is not null. */
export function useConversation(id: MaybeRefOrGetter<string | null>): ConversationUse {
  const { api, conversations } = useHospital()
  const mine = useStore(conversations)
  const chosen = computed(() => toValue(id))
  const view = useStoreOf(() => (chosen.value ? (mine.value?.view(chosen.value) ?? null) : null), NO_VIEW)
  const within = <Result>(act: (talks: Conversations, id: string) => Result) =>
    mine.value && chosen.value ? act(mine.value, chosen.value) : undefined
  const surely = <Result>(act: (talks: Conversations, id: string) => Promise<Result>) =>
    within(act) ?? Promise.reject(asApiError(new Error('no conversation')))
  const open = () => void within((talks, at) => talks.open(at))
  const askPresence = () => {
    if (document.visibilityState === 'visible') within((talks, at) => talks.askPresence(at))
  }
  watch([mine, chosen], () => (open(), askPresence()), { immediate: true })
  const asking = setInterval(askPresence, PRESENCE_EVERY_MS)
  onScopeDispose(() => clearInterval(asking))
  const send = (draft: string | Draft) => within((talks, at) => talks.send(at, draft)) ?? null
  return {
    view,
    open,
    send,
    sendFile: (file, type, facts = {}) => send({ type, file, ...facts }),
    loadOlder: async () => within((talks, at) => talks.loadOlder(at)),
    loadUntil: async (seq) => (await within((talks, at) => talks.loadUntil(at, seq))) ?? false,
    markRead: (seq) => void within((talks, at) => talks.markRead(at, seq)),
    retry: (clientId) => void within((talks) => talks.retry(clientId)),
    discard: (clientId) => within((talks) => talks.discard(clientId)) ?? null,
    recall: (seq) => surely((talks, at) => talks.recall(at, seq)),
    typing: () => void within((talks, at) => talks.typing(at)),
    mute: (muted) => surely((talks, at) => talks.setMuted(at, muted)),
    link: (seq, variant) => surely((talks, at) => talks.link(at, seq, variant)),
    card: <Shown>(seq: number) => surely((_, at) => api.messaging.card<Shown>(at, seq)),
  }
}

export interface MessageSearch {
  /** Found so far, latest first; null: nothing was asked for. */
  found: ShallowRef<readonly Message[] | null>
  /** How far the search came; null: everything was looked at (or nothing was asked for). */
  searchedTo: ShallowRef<SearchedTo | null>
  /** True while more can be asked for. */
  more: Ref<boolean>
  searching: Ref<boolean>
  error: ShallowRef<ApiError | null>
  /** Empty words: what was found is put away. An older search never replaces a newer one. */
  search: (words: string, conversationId?: string) => Promise<void>
  searchOn: () => Promise<void>
}

/** Search in my own conversations. */
export function useMessageSearch(): MessageSearch {
  const { api } = useHospital()
  const found = shallowRef<readonly Message[] | null>(null)
  const searchedTo = shallowRef<SearchedTo | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const more = ref(false)
  const searching = ref(false)
  let asked: { words: string; conversation_id?: string; cursor: string | null } | null = null
  let newest = 0
  const read = async (question: typeof asked) => {
    const mine = (newest += 1)
    searching.value = question !== null
    if (!question) return
    try {
      const page = await api.messaging.search(question)
      if (mine !== newest) return
      found.value = [...(question.cursor ? (found.value ?? []) : []), ...page.items]
      searchedTo.value = page.searched_to
      more.value = page.cursor !== null
      error.value = null
      asked = { ...question, cursor: page.cursor }
    } catch (reason) {
      if (mine === newest) error.value = asApiError(reason)
    } finally {
      if (mine === newest) searching.value = false
    }
  }
  const search = async (words: string, conversationId?: string) => {
    asked = words.trim() ? { words: words.trim(), conversation_id: conversationId, cursor: null } : null
    if (!asked) [found.value, searchedTo.value, more.value, error.value] = [null, null, false, null]
    await read(asked)
  }
  const searchOn = async () => {
    if (more.value && !searching.value) await read(asked)
  }
  return { found, searchedTo, more, searching, error, search, searchOn }
}

/**
 * Calls `reload` on notices whose topic starts with one of `topics`, and after each reconnect
 * (notices of the meantime are gone). Bursts are drawn together.
 */
export function useNotices(topics: string[], reload: (notice: Notice | null) => void, gatherMs = 200): void {
  const { connection } = useHospital()
  let timer: ReturnType<typeof setTimeout> | null = null
  // Notices come late and twice: of each subject the newest counts, whatever came last.
  const pending = new Map<string | null, Notice | null>()
  const soon = (notice: Notice | null) => {
    const subject = notice?.subject ?? null
    const held = pending.get(subject)
    if (!held || !notice || held.sequence < notice.sequence) pending.set(subject, notice)
    if (timer) clearTimeout(timer)
    timer = setTimeout(tell, gatherMs)
  }
  const tell = () => {
    const told = pending.has(null) ? [null] : [...pending.values()]
    pending.clear()
    for (const notice of told) reload(notice)
  }
  const stops = [
    connection.events.on('notice', (notice) => topics.some((topic) => notice.topic.startsWith(topic)) && soon(notice)),
    connection.events.on('online', ({ first, gap }) => !first && gap && soon(null)),
  ]
  onScopeDispose(() => {
    for (const stop of stops) stop()
    if (timer) clearTimeout(timer)
  })
}

export interface Reading<Value> {
  value: ShallowRef<Value | null>
  error: ShallowRef<ApiError | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/** How I am reminded while I am away; a choice is shown at once, what the hospital did not take is shown as it was. */
export function useNotificationSettings(saved: () => void) {
  const { api } = useHospital()
  const settings = shallowRef<NotificationSettings | null>(null)
  const error = shallowRef<ApiError | null>(null)

  /** Does it; whether it went well, else `error` says why. */
  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    error.value = null
    try {
      await act()
      return true
    } catch (reason) {
      error.value = asApiError(reason)
      return false
    }
  }

  const load = () => attempt(async () => (settings.value = await api.notifications.settings()))

  async function choose(choice: NotificationChoice): Promise<void> {
    const before = settings.value
    if (!before) return
    settings.value = { ...before, ...choice }
    const taken = await attempt(async () => (settings.value = await api.notifications.choose(choice)))
    if (taken) saved()
    else settings.value = before
  }

  return { settings, error, attempt, load, choose }
}

/**
 * Something read from the hospital: at once, whenever what `read` depends on changes, and on `reload`.
 * The last value stays while it is read again, and an older answer never replaces a newer one.
 */
export function useReading<Value>(read: () => Promise<Value>, depends?: () => unknown): Reading<Value> {
  const value = shallowRef<Value | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const loading = ref(false)
  let newest = 0
  const reload = async () => {
    const mine = (newest += 1)
    loading.value = true
    try {
      const answer = await read()
      if (mine === newest) [value.value, error.value] = [answer, null]
    } catch (reason) {
      if (mine === newest) error.value = asApiError(reason)
    } finally {
      if (mine === newest) loading.value = false
    }
  }
  if (depends) watch(depends, reload)
  void reload()
  return { value, error, loading, reload }
}

/** Something read by its id, for a sheet that is opened on one after another: never one under the other's id. */
export function useReadingOf<Value>(id: () => string, read: (id: string) => Promise<Value>): Reading<Value> {
  const latest = useReading(async () => {
    const of = id()
    return { of, value: of ? await read(of) : null }
  }, id)
  const value = computed(() => (latest.value.value?.of === id() ? latest.value.value.value : null))
  return { ...latest, value }
}

/** Something a person does here, once at a time; why the last one failed. */
export interface Acting {
  busy: Readonly<Ref<boolean>>
  error: ShallowRef<ApiError | null>
  through: (act: () => Promise<void>) => Promise<void>
}

/** For pages that send: while one act goes on, a second tap does nothing. */
export function useActing(): Acting {
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  async function through(act: () => Promise<void>): Promise<void> {
    if (busy.value) return
    busy.value = true
    error.value = null
    try {
      await act()
    } catch (reason) {
      error.value = asApiError(reason)
    } finally {
      busy.value = false
    }
  }
  return { busy, error, through }
}
