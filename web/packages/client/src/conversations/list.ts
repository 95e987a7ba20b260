import { asApiError } from '../errors'
import type { ApiError } from '../errors'
import { pagesOf } from '../routes'
import type { Api } from '../routes'
import { Store } from '../store'
import type { Conversation } from '../types'
import * as directory from './directory'
import type { Listing, Unread } from './directory'

export interface ListView extends Unread {
  /** Latest activity first. An item stays the same object until something in it changes. */
  items: readonly Conversation[]
  loading: boolean
  loaded: boolean
  error: ApiError | null
}

/** Older ones are read when they are opened. */
const MOST_LISTED = 500

const NOTHING_READ: ListView = { items: [], unread: 0, muted_unread: 0, loading: false, loaded: false, error: null }

interface ListPorts {
  /** These conversations are not what they were. */
  changed: (ids: readonly string[]) => void
  /** The hospital said how far it knows me to be. */
  told: (conversation: Conversation) => void
}

/** My conversations: a snapshot, moved on by what is heard. */
export class ConversationList {
  readonly view = new Store<ListView>(NOTHING_READ)
  private listing: Listing = directory.NOBODY

  constructor(
    private readonly api: Api['messaging'],
    private readonly ports: ListPorts,
  ) {}

  get items(): readonly Conversation[] {
    return this.listing.items
  }

  /** True when the list was read and is not known to be old. */
  get isRead(): boolean {
    const { loaded, error } = this.view.get()
    return loaded && !error
  }

  find(id: string): Conversation | undefined {
    return this.listing.byId.get(id)
  }

  aboutSubject(subject: string): Conversation | undefined {
    return directory.aboutSubject(this.listing, subject)
  }

  /** Reads the newest (again), up to `most`; each page is there as soon as it has come. */
  async refresh(most = MOST_LISTED): Promise<void> {
    this.view.update((view) => ({ ...view, loading: true }))
    try {
      for await (const read of pagesOf((query) => this.api.conversations(query), most)) {
        const fresh = read.map((one) => directory.newer(this.find(one.id), one))
        this.change((listing) => directory.withAll(listing, fresh))
        this.view.update((view) => ({ ...view, loaded: true, error: null }))
        for (const one of read) this.ports.told(one)
      }
      this.view.update((view) => ({ ...view, loading: false }))
    } catch (reason) {
      this.view.update((view) => ({ ...view, loading: false, error: asApiError(reason) }))
    }
  }

  /** Takes in one conversation as the hospital described it. */
  learn(read: Conversation): void {
    this.change((listing) => directory.withConversation(listing, directory.newer(this.find(read.id), read)))
    this.ports.told(read)
  }

  change(how: (listing: Listing) => Listing): void {
    const before = this.listing
    const after = how(before)
    if (after === before) return
    this.listing = after
    this.view.update((view) => ({ ...view, ...directory.unreadOf(after), items: after.items }))
    this.ports.changed(after.items.filter((one) => before.byId.get(one.id) !== one).map(({ id }) => id))
  }
}
