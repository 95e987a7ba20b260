import type { Blacklisting, BlacklistReason } from '@yunzhen/client'

/** Why somebody comes on the blacklist. */
export const REASONS: BlacklistReason[] = ['no_shows', 'abuse', 'deception', 'disturbance', 'other']
/** How it stands; those who were taken off are not in the list. */
export const STATES: Blacklisting['state'][] = ['listed', 'appealed', 'upheld']

/** How a state is coloured; its word says the same. */
export function toneOf(state: Blacklisting['state']): 'danger' | 'neutral' | 'warning' {
  if (state === 'removed') return 'neutral'
  return state === 'appealed' ? 'warning' : 'danger'
}
