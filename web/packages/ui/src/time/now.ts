import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

import { hospitalNow, hospitalIsAhead } from './hospitalTime'

/** The present moment at the hospital, renewed every `everyMs`; stops with the component that asked. */
export function useNow(everyMs = 30_000): Readonly<ShallowRef<Date>> {
  const now = shallowRef(hospitalNow())
  const renew = () => {
    now.value = hospitalNow()
  }
  const timer = setInterval(renew, everyMs)
  // A phone that slept shows old words until the next tick otherwise.
  document.addEventListener('visibilitychange', renew)
  watch(hospitalIsAhead, renew)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', renew)
  })
  return now
}
