/** The Vue layer: stores as refs, reads as resources. All rules live in the framework-free core. */
import { computed, inject, onScopeDispose, ref, shallowRef, toValue, watch } from 'vue'
import type { App, ComputedRef, InjectionKey, MaybeRefOrGetter, Ref, ShallowRef } from 'vue'
import { asApiError } from './errors'
import type { ApiError } from './errors'
import type { ConversationView, Conversations, ListView } from './conversations/conversations'
import type { Hospital } from './hospital'
import type { SessionState } from './session'
import type { SocketPhase } from './socket'
import type { Readable } from './store'
import type { Me, Notice } from './types'

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

/** `offline`: nothing reaches the hospital. `live`: the socket is up, so lists follow by themselves. */
export function useConnection(): {
  phase: Readonly<ShallowRef<SocketPhase>>
  offline: ComputedRef<boolean>
  live: ComputedRef<boolean>
} {
  const { http, socket } = useHospital()
  const reachable = useStore(http.reachable)
  const phase = useStore(socket.phase)
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
    live: computed(() => phase.value === 'online'),
    offline: computed(() => !network.value || !reachable.value),
  }
}

const NO_LIST: ListView = { items: [], unread: 0, loading: false, loaded: false, error: null }

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
  reads: {},
}

/** One conversation, opened while `id` is not null. */
export function useConversation(id: MaybeRefOrGetter<string | null>): {
  view: Readonly<ShallowRef<ConversationView>>
  open: () => void
  send: (text: string) => void
  loadOlder: () => Promise<void>
  markRead: (seq: number) => void
  retry: (clientId: string) => void
  discard: (clientId: string) => string | null
} {
  const { conversations } = useHospital()
  const mine = useStore(conversations)
  const chosen = computed(() => toValue(id))
  const view = useStoreOf(() => (chosen.value ? (mine.value?.view(chosen.value) ?? null) : null), NO_VIEW)
  const within = <Result>(act: (talks: Conversations, id: string) => Result) =>
    mine.value && chosen.value ? act(mine.value, chosen.value) : undefined
  const open = () => void within((talks, at) => talks.open(at))
  watch([mine, chosen], open, { immediate: true })
  return {
    view,
    open,
    send: (text) => void within((talks, at) => talks.send(at, text)),
    loadOlder: async () => within((talks, at) => talks.loadOlder(at)),
    markRead: (seq) => void within((talks, at) => talks.markRead(at, seq)),
    retry: (clientId) => void within((talks) => talks.retry(clientId)),
    discard: (clientId) => within((talks) => talks.discard(clientId)) ?? null,
  }
}

/**
 * Calls `reload` on notices whose topic starts with one of `topics`, and after each reconnect
 * (notices of the meantime are gone). Bursts are drawn together.
 */
export function useNotices(topics: string[], reload: (notice: Notice | null) => void, gatherMs = 200): void {
  const { socket } = useHospital()
  let timer: ReturnType<typeof setTimeout> | null = null
  const soon = (notice: Notice | null) => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => reload(notice), gatherMs)
  }
  const stops = [
    socket.events.on('notice', (notice) => topics.some((topic) => notice.topic.startsWith(topic)) && soon(notice)),
    socket.events.on('online', ({ first }) => !first && soon(null)),
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
