import { reactive } from 'vue'

/** What the two live regions hold; `LiveRegion.vue` shows it to screen readers only. */
export const spoken = reactive({ polite: '', assertive: '' })

/** Says something to people who use a screen reader; the same words twice are said twice. */
export function announce(words: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  // A no-break space at the end makes a repeated text a change, which is what is read out.
  spoken[urgency] = spoken[urgency] === words ? `${words}\u00a0` : words
}
