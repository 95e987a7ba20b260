import type { Drawer } from '../keeping/drawer'
import { Store } from '../store'
import { restingState } from './outgoing'
import type { KeptOutgoing, Outgoing } from './outgoing'

/** What tabs tell each other about what waits. */
export type OutboxWord =
  | { word: 'outbox'; put: KeptOutgoing; progress: number | null; file?: Blob }
  | { word: 'outbox'; removed: string }

export type OutboxChange = Partial<Pick<Outgoing, 'state' | 'failure' | 'upload' | 'progress' | 'content'>>

/**
 * What I wrote and the hospital has not acknowledged yet.
 *
 * Kept under my person id until acknowledged, discarded, or until I sign out; so a closed browser loses nothing.
 * Every tab holds all of it and hears of each change; one tab sends (see `Sender`).
 */
export class Outbox {
  readonly size = new Store(0)
  private entries: readonly Outgoing[] = []
  private readonly removed = new Set<string>()
  private readonly previews = new Map<string, string>()
  private closed = false

  constructor(
    private readonly drawer: Drawer<KeptOutgoing>,
    /** Tells the other tabs. */
    private readonly tell: (word: OutboxWord) => void,
    /** Called after every change, here or in another tab. */
    private readonly changed: (entry: Outgoing, here: boolean) => void,
  ) {}

  /** Reads what an earlier page, or another tab, left behind. */
  async load(): Promise<void> {
    const rows = await this.drawer.all()
    for (const row of rows) if (row.upload && !this.find(row.id)) await this.readPreview(row.id)
    if (this.closed) return
    const unknown = rows.filter(({ id }) => !this.find(id) && !this.removed.has(id))
    const fresh = unknown.map((row) => this.shown({ ...row, state: restingState(row), progress: null }))
    this.setEntries([...this.entries, ...fresh])
    for (const entry of fresh) this.changed(entry, false)
  }

  of(conversationId: string): Outgoing[] {
    return this.entries.filter((entry) => entry.conversation_id === conversationId)
  }

  get all(): readonly Outgoing[] {
    return this.entries
  }

  get conversationIds(): string[] {
    return [...new Set(this.entries.map((entry) => entry.conversation_id))]
  }

  find(id: string): Outgoing | undefined {
    return this.entries.find((entry) => entry.id === id)
  }

  add(written: Outgoing, file?: Blob): void {
    if (file) this.takeFile(written.id, file)
    const entry = this.shown(written)
    this.setEntries([...this.entries, entry])
    this.keep(entry)
    this.tell({ word: 'outbox', put: kept(entry), progress: entry.progress, file })
    this.changed(entry, true)
  }

  file(id: string): Promise<Blob | null> {
    return this.drawer.file(id)
  }

  /** The file in the shape in which it goes to the hospital. */
  async replaceFile(id: string, file: Blob): Promise<void> {
    if (this.find(id)) await this.drawer.putFile(id, file)
  }

  change(id: string, change: OutboxChange): Outgoing | undefined {
    const entry = this.find(id)
    if (!entry) return undefined
    const next = { ...entry, ...change }
    this.replace(next)
    if (!('progress' in change) || Object.keys(change).length > 1) this.keep(next)
    this.tell({ word: 'outbox', put: kept(next), progress: next.progress })
    this.changed(next, true)
    return next
  }

  /** Removes and returns the entry, or undefined when it is not here. */
  remove(id: string): Outgoing | undefined {
    const entry = this.take(id)
    if (!entry) return undefined
    void this.drawer.remove(id)
    this.tell({ word: 'outbox', removed: id })
    this.changed(entry, true)
    return entry
  }

  /** Another tab's change. */
  hear(word: OutboxWord): void {
    if ('removed' in word) {
      const entry = this.take(word.removed)
      if (entry) this.changed(entry, false)
      return
    }
    if (this.removed.has(word.put.id)) return
    if (word.file) this.takeFile(word.put.id, word.file)
    const entry = this.shown({ ...word.put, progress: word.progress })
    if (this.find(entry.id)) this.replace(entry)
    else this.setEntries([...this.entries, entry])
    this.changed(entry, false)
  }

  /** What nobody could send since: back to waiting, as after a lost connection. */
  rest(): void {
    for (const entry of this.entries) if (entry.state === 'sending') this.change(entry.id, { state: 'waiting' })
  }

  /** The local address of a file that I sent from this page; it stays good until the page is closed. */
  previewOf(id: string): string | null {
    return this.previews.get(id) ?? null
  }

  async forgetAll(): Promise<void> {
    this.close()
    for (const entry of this.entries) this.removed.add(entry.id)
    this.setEntries([])
    await this.drawer.clear()
  }

  close(): void {
    this.closed = true
    for (const url of this.previews.values()) URL.revokeObjectURL(url)
    this.previews.clear()
  }

  private take(id: string): Outgoing | undefined {
    const entry = this.find(id)
    this.removed.add(id)
    if (entry) this.setEntries(this.entries.filter((other) => other.id !== id))
    return entry
  }

  private replace(next: Outgoing): void {
    this.entries = this.entries.map((entry) => (entry.id === next.id ? next : entry))
  }

  private setEntries(entries: readonly Outgoing[]): void {
    this.entries = [...entries].sort((a, b) => (a.written_at < b.written_at ? -1 : a.written_at > b.written_at ? 1 : 0))
    this.size.set(entries.length)
  }

  private keep(entry: Outgoing): void {
    if (!this.closed) void this.drawer.put(kept(entry))
  }

  private takeFile(id: string, file: Blob): void {
    this.show(id, file)
    void this.drawer.putFile(id, file)
  }

  private async readPreview(id: string): Promise<void> {
    const file = await this.drawer.file(id)
    if (file && !this.closed) this.show(id, file)
  }

  private show(id: string, file: Blob): void {
    if (typeof URL.createObjectURL !== 'function' || this.previews.has(id)) return
    this.previews.set(id, URL.createObjectURL(file))
  }

  private shown(entry: Omit<Outgoing, 'preview'>): Outgoing {
    return { ...entry, preview: this.previews.get(entry.id) ?? null }
  }
}

function kept(entry: Outgoing): KeptOutgoing {
  const { progress: _, preview: __, ...rest } = entry
  return rest
}
