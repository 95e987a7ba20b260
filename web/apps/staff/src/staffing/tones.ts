import type { Standing } from '@yunzhen/client'

/** How a standing is coloured; its word says the same. */
export function toneOf(standing: Standing): 'success' | 'warning' | 'danger' {
  if (standing === 'approved') return 'success'
  return standing === 'pending' ? 'warning' : 'danger'
}
