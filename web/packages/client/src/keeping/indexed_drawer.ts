import { StorageDrawer } from './drawer'
import type { Drawer, Row } from './drawer'

const DATABASE = 'yunzhen.outbox'
const ROWS = 'rows'
const FILES = 'files'

/** Rows and files in IndexedDB, under the person's id: what one person wrote, the next on this machine never sees. */
export class IndexedDrawer<Kept extends Row> implements Drawer<Kept> {
  constructor(
    private readonly personId: string,
    private readonly database: IDBDatabase,
  ) {}

  all(): Promise<Kept[]> {
    return this.ask<Kept[]>(ROWS, 'readonly', (store) => store.getAll(this.mine))
  }

  put(row: Kept): Promise<void> {
    return this.ask<void>(ROWS, 'readwrite', (store) => store.put(row, this.key(row.id)))
  }

  putFile(id: string, file: Blob): Promise<void> {
    return this.ask<void>(FILES, 'readwrite', (store) => store.put(file, this.key(id)))
  }

  async file(id: string): Promise<Blob | null> {
    return (await this.ask<Blob | undefined>(FILES, 'readonly', (store) => store.get(this.key(id)))) ?? null
  }

  async remove(id: string): Promise<void> {
    await this.ask<void>(ROWS, 'readwrite', (store) => store.delete(this.key(id)))
    await this.ask<void>(FILES, 'readwrite', (store) => store.delete(this.key(id)))
  }

  async clear(): Promise<void> {
    await this.ask<void>(ROWS, 'readwrite', (store) => store.delete(this.mine))
    await this.ask<void>(FILES, 'readwrite', (store) => store.delete(this.mine))
  }

  private key(id: string): IDBValidKey {
    return [this.personId, id]
  }

  private get mine(): IDBKeyRange {
    return IDBKeyRange.bound([this.personId], [this.personId, []])
  }

  private ask<Answer>(
    name: string,
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(name, mode)
      const request = act(transaction.objectStore(name))
      transaction.oncomplete = () => resolve(request.result as Answer)
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
  }
}

/** IndexedDB where the browser has it and lets us; otherwise its storage, or this page's memory. */
export class SafestDrawer<Kept extends Row> implements Drawer<Kept> {
  private readonly opened: Promise<Drawer<Kept> | null>

  constructor(
    personId: string,
    factory: IDBFactory | null,
    private readonly otherwise: Drawer<Kept> = new StorageDrawer(personId, null),
  ) {
    this.opened = open(factory).then(
      (database) => database && new IndexedDrawer<Kept>(personId, database),
      () => null, // private windows refuse it
    )
  }

  async all(): Promise<Kept[]> {
    const rows = await Promise.all([this.try((drawer) => drawer.all()), this.otherwise.all()])
    return rows.flatMap((some) => some ?? [])
  }

  async put(row: Kept): Promise<void> {
    const kept = await this.try(async (drawer) => (await drawer.put(row), true))
    if (!kept) await this.otherwise.put(row)
  }

  async putFile(id: string, file: Blob): Promise<void> {
    const kept = await this.try(async (drawer) => (await drawer.putFile(id, file), true))
    if (!kept) await this.otherwise.putFile(id, file)
  }

  async file(id: string): Promise<Blob | null> {
    return (await this.try((drawer) => drawer.file(id))) ?? this.otherwise.file(id)
  }

  async remove(id: string): Promise<void> {
    await Promise.all([this.try((drawer) => drawer.remove(id)), this.otherwise.remove(id)])
  }

  async clear(): Promise<void> {
    await Promise.all([this.try((drawer) => drawer.clear()), this.otherwise.clear()])
  }

  /** null: there is no such drawer, or it is full. */
  private async try<Answer>(act: (drawer: Drawer<Kept>) => Promise<Answer>): Promise<Answer | null> {
    const drawer = await this.opened
    if (!drawer) return null
    try {
      return await act(drawer)
    } catch {
      // No room, or the browser closed the database: the other drawer keeps it.
      return null
    }
  }
}

function open(factory: IDBFactory | null): Promise<IDBDatabase | null> {
  if (!factory) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const asked = factory.open(DATABASE, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(ROWS)
      asked.result.createObjectStore(FILES)
    }
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
    asked.onblocked = () => reject(new Error('blocked'))
  })
}

export function drawerFor<Kept extends Row>(
  personId: string,
  factory: IDBFactory | null,
  storage: Storage | null,
): Drawer<Kept> {
  const plain = new StorageDrawer<Kept>(personId, storage)
  return factory ? new SafestDrawer(personId, factory, plain) : plain
}
