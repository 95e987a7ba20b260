import { ref, watch } from 'vue'

/** Which key sends: a habit of the person, kept on this computer. */
export type SendKey = 'enter' | 'ctrl_enter'

const KEPT_UNDER = 'yunzhen.staff.send_key'

function kept(): SendKey {
  try {
    return localStorage.getItem(KEPT_UNDER) === 'ctrl_enter' ? 'ctrl_enter' : 'enter'
  } catch {
    return 'enter' // storage is closed by the browser
  }
}

export const sendKey = ref<SendKey>(kept())

watch(sendKey, (key) => {
  try {
    localStorage.setItem(KEPT_UNDER, key)
  } catch {
    // The choice holds for this page.
  }
})

/** True when this key press means “send”: Ctrl+Enter always does. Never while an input method still composes a word. */
export function sends(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return false
  return sendKey.value === 'enter' || event.ctrlKey || event.metaKey
}
