import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import type { ConversationRow, ShownMessage, ShownOutgoing } from '../list/conversation'
import { saidNames } from '../words/names'
import { tShared } from '../words/shared'
import { TakenBack } from './recalls'

/** A conversation as its page needs it; what `useConversation` of the client gives fits. */
export interface TalkView<Stored extends ShownMessage = ShownMessage> {
  conversation: {
    read_seq: number
    unread: number
    members: readonly { person_id: string; name: string }[]
  } | null
  messages: readonly Stored[]
  complete: boolean
  loading: string
  marks: Readonly<Record<string, { read_seq: number; delivered_seq: number }>>
  typing: readonly string[]
  present: readonly string[] | null
}

export interface TalkSource<Stored extends ShownMessage = ShownMessage> {
  view: Readonly<Ref<TalkView<Stored>>>
  markRead: (seq: number) => void
  loadUntil: (seq: number) => Promise<unknown>
  recall: (seq: number) => Promise<unknown>
}

/** Where I had stopped reading when the conversation was opened. */
export interface ReadStart {
  readUpTo: number
  unread: number
}

/** What a `TalkList` can be told. */
export interface TalkListHandle {
  rows: readonly ConversationRow<ShownOutgoing>[]
  showRow: (index: number) => void
  toEnd: () => void
  showSeq: (seq: number) => boolean
}

/** How long one may take a message back. */
const RECALL_MS = 2 * 60_000

/** What was taken back in this tab, over all pages. */
const takenBack = new TakenBack()

/**
 * What a reader and writer of one conversation sees beside its messages: the line before new ones, how many came
 * below, who has read mine, who types; and telling the hospital what was really in view on a visible page.
 */
export function useTalking<Stored extends ShownMessage>(
  id: () => string | null,
  source: TalkSource<Stored>,
  myId: () => string | null,
) {
  const { view } = source
  const start = shallowRef<ReadStart | null>(null)
  const seenSeq = ref(0)
  const atEnd = ref(true)
  const mine = (message: ShownMessage) => message.sender?.person_id === myId()

  // Taken once, when the conversation and its newest messages are both here.
  watch(
    [id, view],
    ([now], before) => {
      if (before[0] !== undefined && now !== before[0]) {
        start.value = null
        seenSeq.value = 0
        atEnd.value = true
      }
      const { conversation, messages, loading } = view.value
      if (start.value || !conversation || loading === 'first' || messages.length === 0) return
      start.value = { readUpTo: conversation.read_seq, unread: conversation.unread }
      tell() // what is in view may have been seen before it was known where reading began
    },
    { immediate: true, flush: 'sync' },
  )

  function saw(seq: number): void {
    seenSeq.value = Math.max(seenSeq.value, seq)
    tell()
  }

  function tell(): void {
    const { conversation } = view.value
    if (!start.value || !conversation || document.visibilityState !== 'visible') return
    if (seenSeq.value > conversation.read_seq) source.markRead(seenSeq.value)
  }

  document.addEventListener('visibilitychange', tell)
  onScopeDispose(() => document.removeEventListener('visibilitychange', tell))

  /** Messages of others below what was seen. */
  const below = computed(() =>
    atEnd.value
      ? 0
      : view.value.messages.filter((one) => one.seq > seenSeq.value && !mine(one) && one.type !== 'recall').length,
  )

  const others = computed(() => (view.value.conversation?.members ?? []).filter((one) => one.person_id !== myId()))

  function readers(seq: number): number {
    return others.value.filter(({ person_id }) => (view.value.marks[person_id]?.read_seq ?? 0) >= seq).length
  }

  /** Marks stand below my last message, and below the last one that was read when that is an earlier one. */
  const marked = computed(() => {
    const own = view.value.messages.filter((one) => mine(one) && one.type !== 'recall' && one.type !== 'recalled')
    const last = own.at(-1)?.seq ?? 0
    const furthest = Math.max(0, ...others.value.map(({ person_id }) => view.value.marks[person_id]?.read_seq ?? 0))
    const read = own.reduce((newest, { seq }) => (seq <= furthest ? seq : newest), 0)
    return new Set([last, read])
  })

  function readWords(message: ShownMessage): string | undefined {
    if (!marked.value.has(message.seq) || others.value.length === 0) return undefined
    const n = readers(message.seq)
    if (others.value.length > 1) return n > 0 ? tShared('talk.read.some', { n }) : tShared('talk.read.unread')
    return tShared(n > 0 ? 'talk.read.read' : 'talk.read.unread')
  }

  const typingWords = computed(() => {
    const names = others.value.filter(({ person_id }) => view.value.typing.includes(person_id)).map(({ name }) => name)
    if (names.length === 0) return ''
    if (others.value.length === 1) return tShared('talk.typing')
    return tShared('talk.typingName', { name: saidNames(names) })
  })

  /** True when one of the others has a device online; null while nobody said so. */
  const othersHere = computed(() => {
    const { present } = view.value
    return present === null ? null : others.value.some(({ person_id }) => present.includes(person_id))
  })

  function recallable(message: ShownMessage, now: Date): boolean {
    return mine(message) && now.getTime() - new Date(message.sent_at).getTime() < RECALL_MS
  }

  async function recall(message: ShownMessage): Promise<void> {
    const at = id()
    await source.recall(message.seq)
    const text = 'text' in message.content && typeof message.content.text === 'string' ? message.content.text : ''
    if (at && text && message.type === 'text') takenBack.note(at, message.seq, text)
  }

  /** My own words of a recalled message, while they may be written again. */
  function rewriteOf(seq: number): string | null {
    const at = id()
    return at ? takenBack.textOf(at, seq) : null
  }

  return { start, atEnd, below, saw, readWords, typingWords, othersHere, recallable, recall, rewriteOf }
}

/** The way up to where unread messages begin, also when they are further up than what is held. */
export function useUnreadJump(
  source: Pick<TalkSource, 'view' | 'loadUntil'>,
  start: Readonly<Ref<ReadStart | null>>,
  rows: Readonly<Ref<readonly ConversationRow<ShownOutgoing>[]>>,
  showRow: (index: number) => void,
) {
  const firstSeen = ref(0)
  const wanted = ref(false)
  watch(start, (given) => {
    wanted.value = (given?.unread ?? 0) > 0
  }, { immediate: true })

  /** Nothing was ever read: at the top. -1: further up than what is held. */
  const row = computed(() => {
    if (start.value?.readUpTo === 0) return source.view.value.complete ? 0 : -1
    return rows.value.findIndex(({ kind }) => kind === 'unread')
  })
  /** How many new messages begin above what is in view; 0 when they do not. */
  const unreadAbove = computed(() =>
    wanted.value && (row.value < 0 || row.value < firstSeen.value) ? (start.value?.unread ?? 0) : 0,
  )

  function looked(first: number): void {
    firstSeen.value = first
    if (row.value >= first && row.value >= 0) wanted.value = false
  }

  async function toUnread(): Promise<void> {
    await source.loadUntil((start.value?.readUpTo ?? 0) + 1)
    wanted.value = false
    await new Promise((drawn) => requestAnimationFrame(drawn))
    showRow(Math.max(0, row.value))
  }

  return { unreadAbove, looked, toUnread }
}
