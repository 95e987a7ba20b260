import type { Api } from '../routes'
import { readAll } from '../routes'
import { asApiError } from '../errors'
import type { ApiError } from '../errors'
import { newId } from '../ids'
import type { Socket } from '../socket'
import { Store } from '../store'
import type { Readable } from '../store'
import type { Conversation, Member, Message } from '../types'
import * as directory from './directory'
import type { Listing } from './directory'
import { Outbox } from './outbox'
import type { Outgoing } from './outbox'
import { Sender } from './sender'
import type { SenderTiming } from './sender'
import * as timeline from './timeline'
import type { Timeline } from './timeline'

export type Loading = 'none' | 'first' | 'older' | 'catching_up'

/** Everything a conversation page shows. A new value after each change; never changed in place. */
export interface ConversationView {
  /** null until the hospital has described it. */
  conversation: Conversation | null
  /** In order of `seq`, without gaps, each once. */
  messages: readonly Message[]
  /** Mine, not acknowledged yet, in order of writing: shown after `messages`. */
  outgoing: readonly Outgoing[]
  /** True when nothing older than `messages[0]` exists. */
  complete: boolean
  loading: Loading
  error: ApiError | null
  /** How far others have read, by person id, as far as told while this page was open. */
  reads: Readonly<Record<string, number>>
}

export interface ListView {
  items: Conversation[]
  unread: number
  loading: boolean
  loaded: boolean
  error: ApiError | null
}

export interface ConversationsOptions {
  storage?: Storage | null
  timing?: Partial<SenderTiming>
  pageSize?: number
  now?: () => Date
}

interface Thread {
  view: Store<ConversationView>
  line: Timeline
  opened: boolean
  /** The read of history under way, if any: one at a time per conversation. */
  reading: Promise<void> | null
  /** Asked for while one was under way. */
  again: boolean
}

/** Older ones are read when they are opened. */
const MOST_LISTED = 500

const BLANK: ConversationView = {
  conversation: null,
  messages: [],
  outgoing: [],
  complete: false,
  loading: 'none',
  error: null,
  reads: {},
}

/** The conversations of one signed-in person. Made at sign-in, closed at sign-out. */
export class Conversations {
  readonly list: Readable<ListView>
  /** How many messages of mine wait for their acknowledgement, over all conversations. */
  readonly pending: Readable<number>
  private readonly listView = new Store<ListView>({ items: [], unread: 0, loading: false, loaded: false, error: null })
  private listing: Listing = new Map()
  private readonly threads = new Map<string, Thread>()
  private readonly outbox: Outbox
  private readonly sender: Sender
  private readonly pageSize: number
  private readonly now: () => Date
  private readonly wantedReads = new Map<string, number>()
  private readonly stops: (() => void)[] = []

  constructor(
    private readonly api: Api,
    private readonly socket: Socket,
    private readonly me: Member,
    options: ConversationsOptions = {},
  ) {
    this.list = this.listView
    this.pageSize = options.pageSize ?? 50
    this.now = options.now ?? (() => new Date())
    this.outbox = new Outbox(me.person_id, options.storage ?? null)
    this.pending = this.outbox.size
    this.sender = new Sender(socket, this.outbox, { ackMs: 10_000, busyMs: 3_000, ...options.timing }, (id) =>
      this.showOutgoing(id),
    )
    this.listen()
    if (socket.phase.get() === 'online') this.sender.pushAll()
  }

  /** Reads my newest conversations (again), up to `most`. */
  async refresh(most = MOST_LISTED): Promise<void> {
    this.listView.update((view) => ({ ...view, loading: true }))
    try {
      const read = await readAll((query) => this.api.messaging.conversations(query), most)
      const merged = new Map(this.listing)
      for (const one of read) merged.set(one.id, newer(this.listing.get(one.id), one))
      this.setListing(merged)
      this.listView.update((view) => ({ ...view, loading: false, loaded: true, error: null }))
      for (const one of read) this.repeatRead(one)
    } catch (reason) {
      this.listView.update((view) => ({ ...view, loading: false, error: asApiError(reason) }))
    }
  }

  /** Something happened to what a conversation is about: it may have been opened or closed. */
  async subjectChanged(subject: string): Promise<void> {
    const known = directory.aboutSubject(this.listing, subject)
    if (known) await this.describe(known.id)
    else if (this.listView.get().loaded) await this.refresh(1)
  }

  /** Reads one conversation's description again, as after a notice about it. */
  async describe(id: string): Promise<void> {
    try {
      const read = await this.api.messaging.conversation(id)
      this.setListing(directory.withConversation(this.listing, newer(this.listing.get(id), read)))
      this.repeatRead(read)
    } catch (reason) {
      const thread = this.threads.get(id)
      if (thread?.opened && !thread.view.get().conversation) this.show(id, { error: asApiError(reason) })
    }
  }

  /** The view of one conversation; nothing is read until `open`. */
  view(id: string): Readable<ConversationView> {
    return this.thread(id).view
  }

  /** Reads the newest page of history, or only what is missing when it is held already. */
  async open(id: string): Promise<void> {
    const thread = this.thread(id)
    thread.opened = true
    void this.describe(id)
    await this.catchUp(id)
  }

  /** Reads one page before what is held. */
  async loadOlder(id: string): Promise<void> {
    const thread = this.thread(id)
    const before = timeline.firstSeq(thread.line)
    if (before === null || thread.line.complete || thread.reading) return
    await this.reading(id, 'older', async () => {
      const page = await this.api.messaging.messages(id, { before, limit: this.pageSize })
      thread.line = timeline.prepend(thread.line, page.items, page.complete)
    })
  }

  /** Shows the message at once and sends it until acknowledged. Returns its client id. */
  send(conversationId: string, text: string): string {
    const id = newId()
    const written_at = this.now().toISOString()
    this.outbox.add({ id, conversation_id: conversationId, text, written_at, state: 'waiting', failure: null })
    this.sender.push(conversationId)
    this.showOutgoing(conversationId)
    return id
  }

  /** Sends a failed message once more. */
  retry(id: string): void {
    const entry = this.outbox.change(id, { state: 'waiting', failure: null })
    if (!entry) return
    this.sender.push(entry.conversation_id)
    this.showOutgoing(entry.conversation_id)
  }

  /** Takes a message that was not sent out of the conversation; returns its text. */
  discard(id: string): string | null {
    const entry = this.outbox.remove(id)
    if (entry) this.showOutgoing(entry.conversation_id)
    return entry?.text ?? null
  }

  /** Marks everything up to `seq` as read by me, here at once, at the hospital when it can be reached. */
  markRead(id: string, seq: number): void {
    if (seq <= (this.listing.get(id)?.read_seq ?? this.wantedReads.get(id) ?? 0)) return
    this.wantedReads.set(id, seq)
    this.setListing(directory.withRead(this.listing, id, seq))
    this.tellRead(id, seq)
  }

  /** Ends this store. `forget`: I signed out, so nothing I wrote may stay on this machine. */
  close(forget: boolean): void {
    for (const stop of this.stops) stop()
    this.sender.disconnected()
    if (forget) this.outbox.forgetAll()
  }

  private listen(): void {
    const { events, phase } = this.socket
    this.stops.push(
      events.on('online', () => void this.resume()),
      events.on('message', (message) => this.arrived(message)),
      events.on('ack', (ack) => this.acknowledged(ack)),
      events.on('refused', (frame) => this.sender.refused(frame)),
      events.on('read', (mark) => this.readBy(mark.conversation_id, mark.person_id, mark.seq)),
      phase.subscribe((now) => {
        if (now === 'waiting' || now === 'off') this.sender.disconnected()
      }),
    )
  }

  /** After each (re)connect: send what waits, read what was missed. */
  private async resume(): Promise<void> {
    this.sender.pushAll()
    const { loaded } = this.listView.get()
    if (loaded) await this.refresh()
    const told = loaded && !this.listView.get().error
    for (const [id, thread] of this.threads) {
      const known = this.listing.get(id)
      // The list says who is behind: 300 open conversations are not 300 reads.
      const upToDate = told && known && known.last_seq <= timeline.lastSeq(thread.line)
      if (!thread.opened || upToDate) continue
      if (!told) void this.describe(id)
      void this.catchUp(id)
    }
  }

  private arrived(message: Message): void {
    const id = message.conversation_id
    if (message.id && message.sender?.person_id === this.me.person_id) this.sender.settled(id, message.id)
    if (!this.listing.has(id)) void this.describe(id)
    this.setListing(directory.withMessage(this.listing, message, this.me.person_id))
    this.placeAndShow(id, [message])
  }

  private acknowledged(ack: { id: string; conversation_id: string; seq: number; sent_at: string }): void {
    const entry = this.sender.settled(ack.conversation_id, ack.id)
    if (!entry) return
    const { seq, sent_at, conversation_id, id } = ack
    this.arrived({ conversation_id, seq, id, sender: this.me, type: 'text', content: { text: entry.text }, sent_at })
  }

  private placeAndShow(id: string, arrived: readonly Message[]): void {
    const thread = this.threads.get(id)
    if (!thread) return
    if (thread.opened) thread.line = timeline.place(thread.line, arrived)
    this.show(id)
    if (thread.opened && timeline.hasGap(thread.line)) void this.catchUp(id)
  }

  /** Reads the newest page first, later everything after the last message held, until nothing is missing. */
  private async catchUp(id: string): Promise<void> {
    const thread = this.thread(id)
    if (thread.reading) {
      thread.again = true
      return thread.reading
    }
    const first = thread.line.messages.length === 0
    await this.reading(id, first ? 'first' : 'catching_up', async () => {
      do {
        thread.again = false
        if (thread.line.messages.length === 0) await this.readNewest(id, thread)
        else await this.readAfter(id, thread)
      } while (thread.again)
    })
  }

  private async readNewest(id: string, thread: Thread): Promise<void> {
    const page = await this.api.messaging.messages(id, { limit: this.pageSize })
    const early = [...thread.line.early, ...thread.line.messages]
    thread.line = timeline.begin(page.items, page.complete, early)
    this.noticed(id, page.items, page.last_seq)
  }

  private async readAfter(id: string, thread: Thread): Promise<void> {
    for (let complete = false; !complete; ) {
      const after = timeline.lastSeq(thread.line)
      const page = await this.api.messaging.messages(id, { after, limit: 100 })
      thread.line = timeline.place(thread.line, page.items)
      this.noticed(id, page.items, page.last_seq)
      complete = page.complete || timeline.lastSeq(thread.line) === after
      if (!complete) this.show(id)
    }
  }

  /** What history tells: my own messages are stored, and the list may lag behind. */
  private noticed(id: string, items: readonly Message[], lastSeq: number): void {
    for (const message of items) {
      if (message.id && message.sender?.person_id === this.me.person_id) this.sender.settled(id, message.id)
    }
    const newest = items.at(-1)
    const known = this.listing.get(id)
    if (newest && known && newest.seq === lastSeq && lastSeq > known.last_seq) {
      this.setListing(directory.withConversation(this.listing, { ...known, last_seq: lastSeq, last_message: newest }))
      void this.describe(id)
    }
  }

  private async reading(id: string, loading: Loading, read: () => Promise<void>): Promise<void> {
    const thread = this.thread(id)
    this.show(id, { loading, error: null })
    const done = read().then(
      () => this.show(id, { loading: 'none' }),
      (reason) => this.show(id, { loading: 'none', error: asApiError(reason) }),
    )
    thread.reading = done.finally(() => {
      thread.reading = null
    })
    await thread.reading
    if (thread.again) {
      thread.again = false
      await this.catchUp(id)
    }
  }

  private readBy(id: string, personId: string, seq: number): void {
    if (personId === this.me.person_id) {
      this.setListing(directory.withRead(this.listing, id, seq))
      return
    }
    const thread = this.threads.get(id)
    if (!thread || seq <= (thread.view.get().reads[personId] ?? 0)) return
    this.show(id, { reads: { ...thread.view.get().reads, [personId]: seq } })
  }

  private tellRead(id: string, seq: number): void {
    if (this.socket.send({ action: 'read', conversation_id: id, seq })) return
    this.api.messaging.markRead(id, seq).then(
      (told) => this.setListing(directory.withRead(this.listing, id, told.read_seq, told.unread)),
      () => undefined, // told again after the next connect, see repeatRead
    )
  }

  /** The hospital's mark lags behind mine: it did not hear me. */
  private repeatRead(told: Conversation): void {
    const wanted = this.wantedReads.get(told.id) ?? 0
    if (wanted <= told.read_seq) this.wantedReads.delete(told.id)
    else {
      this.setListing(directory.withRead(this.listing, told.id, wanted))
      this.tellRead(told.id, wanted)
    }
  }

  private setListing(listing: Listing): void {
    if (listing === this.listing) return
    const before = this.listing
    this.listing = listing
    const items = directory.inOrder(listing)
    this.listView.update((view) => ({ ...view, items, unread: directory.totalUnread(listing) }))
    for (const id of this.threads.keys()) if (before.get(id) !== listing.get(id)) this.show(id)
  }

  private showOutgoing(id: string): void {
    if (this.threads.has(id)) this.show(id)
  }

  private show(id: string, change: Partial<ConversationView> = {}): void {
    const thread = this.thread(id)
    thread.view.update((view) => ({
      ...view,
      ...change,
      conversation: this.listing.get(id) ?? view.conversation,
      messages: thread.line.messages,
      complete: thread.line.complete,
      outgoing: this.outbox.of(id),
    }))
  }

  private thread(id: string): Thread {
    const known = this.threads.get(id)
    if (known) return known
    const view = new Store<ConversationView>({
      ...BLANK,
      conversation: this.listing.get(id) ?? null,
      outgoing: this.outbox.of(id),
    })
    const thread: Thread = { view, line: timeline.EMPTY, opened: false, reading: null, again: false }
    this.threads.set(id, thread)
    return thread
  }
}

/** A description read while messages kept arriving must not take the list back in time. */
function newer(held: Conversation | undefined, read: Conversation): Conversation {
  if (!held || read.last_seq >= held.last_seq) {
    return held && held.read_seq > read.read_seq ? { ...read, read_seq: held.read_seq, unread: held.unread } : read
  }
  return { ...read, last_seq: held.last_seq, last_message: held.last_message, unread: held.unread }
}
