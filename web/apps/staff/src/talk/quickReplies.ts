import { readAll } from '@yunzhen/client'
import { useHospital, useReading } from '@yunzhen/client/vue'
import { computed, ref, watch } from 'vue'

const MOST_OWN = 30
/** Letters of one. */
export const LONGEST = 500

/** Sentences that are said often: the organisation's, and one's own, kept for the account. */
export function useQuickReplies() {
  const { api } = useHospital()
  const shared = useReading(() => readAll((query) => api.directory.items<{ text: string }>('quick_replies', query), 200))
  const kept = useReading(() => api.messaging.quickReplies())
  const own = ref<readonly string[]>([])
  watch(kept.value, (read) => (own.value = read?.texts ?? []))

  /** Here at once; goes back when the hospital does not take them. */
  async function keep(texts: readonly string[]): Promise<void> {
    const before = own.value
    own.value = texts
    try {
      own.value = (await api.messaging.keepQuickReplies(texts)).texts
    } catch (reason) {
      own.value = before
      throw reason
    }
  }

  return {
    own,
    /** One's own are there: before that nothing is put in their place. */
    ready: computed(() => kept.value.value !== null),
    shared: computed(() => (shared.value.value ?? []).map(({ content }) => content.text)),
    add: (text: string) => keep([text, ...own.value.filter((one) => one !== text)].slice(0, MOST_OWN)),
    remove: (text: string) => keep(own.value.filter((one) => one !== text)),
  }
}
