import { readAll } from '@yunzhen/client'
import { useHospital, useReading } from '@yunzhen/client/vue'
import { computed, ref } from 'vue'

const KEPT_UNDER = 'yunzhen.staff.quick_replies.'
const MOST_OWN = 30

/** Sentences that are said often: the organisation's, and one's own, which stay on this computer. */
export function useQuickReplies(myId: () => string) {
  const { api } = useHospital()
  const reading = useReading(() => readAll((query) => api.directory.items<{ text: string }>('quick_replies', query), 200))
  const own = ref(kept(myId()))

  function keep(texts: string[]): void {
    own.value = texts
    try {
      localStorage.setItem(KEPT_UNDER + myId(), JSON.stringify(texts))
    } catch {
      // Storage is closed: they last as long as the page.
    }
  }

  return {
    own,
    shared: computed(() => (reading.value.value ?? []).map(({ content }) => content.text)),
    add: (text: string) => keep([text, ...own.value.filter((one) => one !== text)].slice(0, MOST_OWN)),
    remove: (text: string) => keep(own.value.filter((one) => one !== text)),
  }
}

function kept(myId: string): string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEPT_UNDER + myId) ?? '[]')
    return Array.isArray(read) ? read.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}
