import { computed, onScopeDispose, ref, watch } from 'vue'
import type { Ref, WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A part of the page's state that lives in the address: `?name=value`. Empty: not in the address. */
export function useInAddress(name: string): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const value = route.query[name]
      return typeof value === 'string' ? value : ''
    },
    set: (value) => {
      const query = { ...route.query }
      if (value) query[name] = value
      else delete query[name]
      void router.replace({ query })
    },
  })
}

/** Takes several parts out of the address at once. */
export function useClearedAddress(names: string[]): () => void {
  const route = useRoute()
  const router = useRouter()
  return () => {
    const query = Object.fromEntries(Object.entries(route.query).filter(([name]) => !names.includes(name)))
    void router.replace({ query })
  }
}

/** Text typed into a search field, in the address a moment after the last key. */
export function useTypedInAddress(name: string, restMs = 300): { typed: Ref<string>; settled: Readonly<Ref<string>> } {
  const settled = useInAddress(name)
  const typed = ref(settled.value)
  let timer: ReturnType<typeof setTimeout> | null = null
  watch(typed, (text) => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => (settled.value = text.trim()), restMs)
  })
  watch(settled, (text) => {
    if (text !== typed.value.trim()) typed.value = text
  })
  onScopeDispose(() => timer && clearTimeout(timer))
  return { typed, settled }
}
