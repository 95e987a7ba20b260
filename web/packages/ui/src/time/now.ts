import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** The present moment, renewed every `everyMs`; stops with the component that asked. */
export function useNow(everyMs = 30_000): Readonly<ShallowRef<Date>> {
  const now = shallowRef(new Date())
  const renew = () => {
    now.value = new Date()
  }
  const timer = setInterval(renew, everyMs)
  // A phone that slept shows old words until the next tick otherwise.
  document.addEventListener('visibilitychange', renew)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', renew)
  })
  return now
}
