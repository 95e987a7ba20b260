/** What is being written in each conversation, kept in this tab: a reload loses nothing. */
const PREFIX = 'yunzhen.writing.'

export function keptWriting(conversationId: string): string {
  try {
    return sessionStorage.getItem(PREFIX + conversationId) ?? ''
  } catch {
    return '' // storage is closed by the browser
  }
}

export function keepWriting(conversationId: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(PREFIX + conversationId, text)
    else sessionStorage.removeItem(PREFIX + conversationId)
  } catch {
    // Storage is closed: the draft lives as long as the page.
  }
}

/** I signed out: nothing I was writing may stay on this device. */
export function forgetWritings(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
  } catch {
    // Storage is closed: nothing was kept.
  }
}
