import { computed, onScopeDispose, ref, watch } from 'vue'
import type { Ref, WritableComputedRef } from 'vue'
import { onBeforeRouteLeave, useRoute, useRouter } from 'vue-router'
import type { LocationQuery, Router } from 'vue-router'

/** Where the address is on its way to: changes of one moment add up, the last does not undo those before it. */
const underWay = new WeakMap<Router, LocationQuery>()

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
      const query = { ...(underWay.get(router) ?? route.query) }
      if (value) query[name] = value
      else delete query[name]
      underWay.set(router, query)
      void router.replace({ query }).finally(() => {
        if (underWay.get(router) === query) underWay.delete(router)
      })
    },
  })
}

/** Takes several parts out of the address. */
export function useClearedAddress(names: string[]): () => void {
  const parts = names.map(useInAddress)
  return () => parts.forEach((part) => (part.value = ''))
}

/** What the path's `param` names, else the first there is. The address is left as it is: whoever is already on the way
 *  to another page when the first becomes known must not be called back. */
export function useNamedOrFirst(param: string, first: () => string | undefined): Readonly<Ref<string>> {
  const route = useRoute()
  return computed(() => {
    const named = route.params[param]
    return typeof named === 'string' && named ? named : (first() ?? '')
  })
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
  const forget = () => timer && clearTimeout(timer)
  onBeforeRouteLeave(() => void forget()) // the page stays a while until the next is there
  onScopeDispose(forget)
  return { typed, settled }
}
