import { inject, onScopeDispose, provide, reactive, toValue, watch, type InjectionKey, type MaybeRefOrGetter } from 'vue'

/** The conversations that are open on the page: a call of theirs is shown there, any other floats over the page. */
const DOCKS: InjectionKey<Set<string>> = Symbol('docks')

export function provideDocks(): Set<string> {
  const docks = reactive(new Set<string>())
  provide(DOCKS, docks)
  return docks
}

/** This part of the page shows the calls of that conversation while it is there. */
export function useDock(conversationId: MaybeRefOrGetter<string | null>): void {
  const docks = inject(DOCKS, null)
  watch(
    () => toValue(conversationId),
    (now, before) => {
      if (before) docks?.delete(before)
      if (now) docks?.add(now)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    const last = toValue(conversationId)
    if (last) docks?.delete(last)
  })
}
