import { Store } from '../store'

/**
 * What I wrote and the hospital has not acknowledged yet.
 *
 * Each entry is one storage row under my person id, so that two tabs never overwrite each other's
 * and a closed browser loses nothing. Rows go when acknowledged, discarded, or when I sign out.
 */
export interface Outgoing {
  /** The client id: the same on every resend, so that the hospital stores it once. */
  id: string
  conversation_id: string
  text: string
  written_at: string
  state: 'waiting' | 'sending' | 'failed'
  /** Why it failed, as an error code with its facts; null while it has not. */
  failure: { code: string; facts: Record<string, unknown>; requestId: string | null } | null
}

export class Outbox {
  readonly size = new Store(0)
  private entries: Outgoing[] = []

  constructor(
    private readonly personId: string,
    private readonly storage: Storage | null,
  ) {
    this.entries = this.read()
    this.size.set(this.entries.length)
  }

  of(conversationId: string): Outgoing[] {
    return this.entries.filter((entry) => entry.conversation_id === conversationId)
  }

  get conversationIds(): string[] {
    return [...new Set(this.entries.map((entry) => entry.conversation_id))]
  }

  find(id: string): Outgoing | undefined {
    return this.entries.find((entry) => entry.id === id)
  }

  add(entry: Outgoing): void {
    this.entries = [...this.entries, entry]
    this.size.set(this.entries.length)
    this.keep(entry)
  }

  change(id: string, change: Partial<Pick<Outgoing, 'state' | 'failure'>>): Outgoing | undefined {
    this.entries = this.entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry))
    const changed = this.find(id)
    if (changed) this.keep(changed)
    return changed
  }

  /** Removes and returns the entry, or undefined when it is not here. */
  remove(id: string): Outgoing | undefined {
    const entry = this.find(id)
    this.entries = this.entries.filter((other) => other.id !== id)
    this.size.set(this.entries.length)
    this.storage?.removeItem(this.key(id))
    return entry
  }

  /** What nobody could send since: back to waiting, as after a reload or a lost connection. */
  rest(): void {
    for (const entry of this.entries) if (entry.state === 'sending') this.change(entry.id, { state: 'waiting' })
  }

  forgetAll(): void {
    for (const entry of this.entries) this.remove(entry.id)
  }

  private keep(entry: Outgoing): void {
    try {
      this.storage?.setItem(this.key(entry.id), JSON.stringify(entry))
    } catch {
      // Storage is full or forbidden: the message still lives in this page until acknowledged.
    }
  }

  private read(): Outgoing[] {
    const rows: Outgoing[] = []
    for (let n = 0; n < (this.storage?.length ?? 0); n += 1) {
      const key = this.storage?.key(n)
      if (!key?.startsWith(this.key(''))) continue
      const entry = parse(this.storage?.getItem(key) ?? null)
      if (entry) rows.push(entry.state === 'sending' ? { ...entry, state: 'waiting' } : entry)
    }
    return rows.sort((a, b) => a.written_at.localeCompare(b.written_at))
  }

  private key(id: string): string {
    return `yunzhen.outbox.${this.personId}.${id}`
  }
}

function parse(text: string | null): Outgoing | null {
  try {
    const entry = JSON.parse(text ?? 'null') as Outgoing | null
    return entry && typeof entry.id === 'string' && typeof entry.text === 'string' ? entry : null
  } catch {
    return null
  }
}
