import type { ConversationView } from '@yunzhen/client'
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

/** Where I had stopped reading when the conversation was opened. */
export interface ReadStart {
  readUpTo: number
  unread: number
}

/**
 * What a reader has seen: the line before new messages, how many came while reading further up,
 * and telling the hospital what was really in view on a visible page.
 */
export function useReadMarks(
  view: Readonly<ShallowRef<ConversationView>>,
  myId: Ref<string | null>,
  markRead: (seq: number) => void,
) {
  const start = shallowRef<ReadStart | null>(null)
  const seenSeq = ref(0)
  const atEnd = ref(true)

  // Taken once, when the conversation and its newest messages are both here.
  watch(
    view,
    ({ conversation, messages, loading }) => {
      if (start.value || !conversation || loading === 'first' || messages.length === 0) return
      start.value = { readUpTo: conversation.read_seq, unread: conversation.unread }
    },
    { immediate: true, flush: 'sync' },
  )

  function saw(seq: number): void {
    seenSeq.value = Math.max(seenSeq.value, seq)
    tell()
  }

  function tell(): void {
    const conversation = view.value.conversation
    if (!start.value || !conversation || document.visibilityState !== 'visible') return
    if (seenSeq.value > conversation.read_seq) markRead(seenSeq.value)
  }

  document.addEventListener('visibilitychange', tell)
  onScopeDispose(() => document.removeEventListener('visibilitychange', tell))

  /** Messages of others below what was seen. */
  const below = computed(() =>
    atEnd.value
      ? 0
      : view.value.messages.filter(({ seq, sender }) => seq > seenSeq.value && sender?.person_id !== myId.value).length,
  )

  return { start, atEnd, below, saw }
}
