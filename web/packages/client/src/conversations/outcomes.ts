import type { Outcome } from './outgoing'

/** The promises of what was sent from this page, kept once. */
export class Outcomes {
  private readonly waiting = new Map<string, (outcome: Outcome) => void>()

  of(id: string): Promise<Outcome> {
    return new Promise((resolve) => this.waiting.set(id, resolve))
  }

  settle(id: string, outcome: Outcome): void {
    this.waiting.get(id)?.(outcome)
    this.waiting.delete(id)
  }
}
