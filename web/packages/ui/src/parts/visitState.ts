import { tShared } from '../words/shared'
import type { Tone } from './StatusTag.vue'

export type ShownVisitState = 'applied' | 'accepted' | 'in_progress' | 'finished' | 'refused' | 'expired'

const TONES: Record<ShownVisitState, Tone> = {
  applied: 'warning',
  accepted: 'accent',
  in_progress: 'accent',
  finished: 'neutral',
  refused: 'danger',
  expired: 'neutral',
}

/** How a visit's state is called and coloured, the same for patient and doctor. */
export function visitStateShown(state: ShownVisitState): { words: string; tone: Tone } {
  return { words: tShared(`visit.state.${state}`), tone: TONES[state] }
}
