import { newId } from '../ids'
import type { ClientFrame, Held, ServerFrame, WelcomeFrame } from '../types'

export type Transport = 'socket' | 'poll'

/** One connection to the hospital from hello to end, whatever carries its frames. It never comes back. */
export interface Line {
  readonly transport: Transport
  /** False when the frame could not be handed on; true is no promise that it arrived. */
  send(frame: ClientFrame): boolean
  end(): void
}

export interface LineEvents {
  welcome: (frame: WelcomeFrame) => void
  frame: (frame: ServerFrame) => void
  /** Called once, whoever ended it. */
  ended: () => void
}

export interface Timing {
  /** From the first try of a round to polling, when no socket was welcomed. */
  welcomeMs: number
  /** From one socket's try to the next entry point's, when the first says nothing. */
  staggerMs: number
  /** From a ping to any frame. */
  pongMs: number
  /** How long a line that was replaced may still bring what was under way on it. */
  lingerMs: number
  /** While polling: from one try of the sockets to the next, a random moment between half of it and all. */
  probeMs: number
  /** Seconds that a poll may wait at the hospital. */
  pollSeconds: number
}

export const TIMING: Timing = {
  welcomeMs: 5_000,
  staggerMs: 1_500,
  pongMs: 10_000,
  lingerMs: 3_000,
  probeMs: 4 * 60_000,
  pollSeconds: 20,
}

/** What every line has to know of its page. */
export interface LineSurroundings {
  timing: Timing
  /** The last message held without a gap, of at most 50 conversations; asked anew for every ping. */
  have: () => Held
}

/** Names this page to the hospital, the same for all its connections. */
export const DEVICE = newId()
