/** What is kept of a message until the hospital has it: JSON alone. */
export interface Row {
  id: string
  written_at: string
}

/** Where one person's outgoing messages outlive the page. Nothing here rejects for lack of room: it keeps what it can. */
export interface Drawer<Kept extends Row> {
  all(): Promise<Kept[]>
  put(row: Kept): Promise<void>
  /** Files are kept beside their rows: they are large, and rows change often. */
  putFile(id: string, file: Blob): Promise<void>
  file(id: string): Promise<Blob | null>
  /** The row and its file. */
  remove(id: string): Promise<void>
  clear(): Promise<void>
}

/** For browsers without IndexedDB: rows survive a reload, files live as long as the page. */
export class StorageDrawer<Kept extends Row> implements Drawer<Kept> {
  private readonly files = new Map<string, Blob>()

  constructor(
    private readonly personId: string,
    private readonly storage: Storage | null,
  ) {}

  async all(): Promise<Kept[]> {
    const keys = Array.from({ length: this.storage?.length ?? 0 }, (_, n) => this.storage?.key(n) ?? '')
    const mine = keys.filter((key) => key.startsWith(this.key('')))
    return mine.flatMap((key) => parse<Kept>(this.storage?.getItem(key) ?? null))
  }

  async put(row: Kept): Promise<void> {
    try {
      this.storage?.setItem(this.key(row.id), JSON.stringify(row))
    } catch {
      // Full or forbidden: the message still lives in this page until acknowledged.
    }
  }

  async putFile(id: string, file: Blob): Promise<void> {
    this.files.set(id, file)
  }

  async file(id: string): Promise<Blob | null> {
    return this.files.get(id) ?? null
  }

  async remove(id: string): Promise<void> {
    this.storage?.removeItem(this.key(id))
    this.files.delete(id)
  }

  async clear(): Promise<void> {
    const keys = Array.from({ length: this.storage?.length ?? 0 }, (_, n) => this.storage?.key(n) ?? '')
    for (const key of keys) if (key.startsWith(this.key(''))) this.storage?.removeItem(key)
    this.files.clear()
  }

  private key(id: string): string {
    return `yunzhen.outbox.${this.personId}.${id}`
  }
}

function parse<Kept extends Row>(text: string | null): Kept[] {
  try {
    const row = JSON.parse(text ?? 'null') as Kept | null
    return row && typeof row.id === 'string' && typeof row.written_at === 'string' ? [row] : []
  } catch {
    return []
  }
}
