import type { ApiError } from '@yunzhen/client'
import { asApiError } from '@yunzhen/client'
import { useHospital } from '@yunzhen/client/vue'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { useRoute } from 'vue-router'

import { placeOf } from '../../frame/place'

interface Sent {
  expires_in_seconds: number
  retry_after_seconds: number
}

/** Asking for a one-time code: the wait until the next one, and how long the last one is good. `ask` sends another than
 * one to sign in by. */
export function useCodeSending(ask?: (phone: string) => Promise<Sent>) {
  const { api } = useHospital()
  const { terminal } = placeOf(useRoute().query)
  const asked = ask ?? ((phone: string): Promise<Sent> => api.identity.sendCode(phone, terminal))
  const sentTo = ref<string | null>(null)
  const goodForSeconds = ref(0)
  const waitSeconds = ref(0)
  const sending = ref(false)
  const error = shallowRef<ApiError | null>(null)
  let mayAgainAt = 0

  const timer = setInterval(() => {
    waitSeconds.value = Math.max(0, Math.ceil((mayAgainAt - Date.now()) / 1000))
  }, 250)
  onScopeDispose(() => clearInterval(timer))

  function wait(seconds: number): void {
    mayAgainAt = Date.now() + seconds * 1000
    waitSeconds.value = seconds
  }

  /** True when a code is on its way. */
  async function send(phone: string): Promise<boolean> {
    if (sending.value || waitSeconds.value > 0) return false
    sending.value = true
    error.value = null
    try {
      const sent = await asked(phone)
      sentTo.value = phone
      goodForSeconds.value = sent.expires_in_seconds
      wait(sent.retry_after_seconds)
      return true
    } catch (reason) {
      error.value = asApiError(reason)
      if (error.value.retryAfterSeconds) wait(error.value.retryAfterSeconds)
      return false
    } finally {
      sending.value = false
    }
  }

  return { sentTo, goodForSeconds, waitSeconds, sending, error, send, maySend: computed(() => waitSeconds.value === 0) }
}

export type CodeSending = ReturnType<typeof useCodeSending>

/** A mobile number of the mainland: 11 digits from 13 to 19. */
export function isPhone(text: string): boolean {
  return /^1[3-9]\d{9}$/.test(text)
}

/** What people type or paste between the digits is dropped, a +86 before them too. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '')
}
