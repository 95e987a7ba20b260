import type { Connection } from '../connection/connection'
import { asApiError } from '../errors'
import { newId } from '../ids'
import { drawerFor } from '../keeping/indexed_drawer'
import type { Api } from '../routes'
import type { Readable } from '../store'
import type { Ack, Conversation, FileVariant, Held, Member, Message } from '../types'
import { Asking } from './asking'
import * as directory from './directory'
import { heldNow } from './held'
import { Links } from './links'
import { ConversationList } from './list'
import type { ListView } from './list'
import { DeliveredMarks } from './marks'
import { Outbox } from './outbox'
import type { OutboxWord } from './outbox'
import { Outcomes } from './outcomes'
import { DISCARDED, outgoingOf, sentContent } from './outgoing'
import type { Draft, KeptOutgoing, Outgoing, Sending } from './outgoing'
import { Sender } from './sender'
import type { SenderTiming } from './sender'
import { Thread } from './thread'
import type { ConversationView } from './thread'
import { Uploads } from './uploads'
import type { UploadOptions } from './uploads'
import { Whispers } from './whispers'

export interface ConversationsOptions {
  storage?: Storage | null
  /** Where the outbox lives; null: in `storage`. */
  indexedDb?: IDBFactory | null
  timing?: Partial<SenderTiming>
  uploads?: UploadOptions
  pageSize?: number
  now?: () => Date
}

/** The conversations of one signed-in person. Made at sign-in, closed at sign-out. */
export class Conversations {
  readonly list: Readable<ListView>
  /** How many messages of mine wait for their acknowledgement, over all conversations. */
  readonly pending: Readable<number>
  private readonly mine: ConversationList
  private readonly threads = new Map<string, Thread>()
  private readonly outbox: Outbox
  private readonly sender: Sender
  private readonly uploads: Uploads
  private readonly asking: Asking
  private readonly links: Links
  private readonly delivered: DeliveredMarks
  private readonly whispers: Whispers
  private readonly pageSize: number
  private readonly now: () => Date
  private readonly wantedReads = new Map<string, number>()
  private readonly outcomes = new Outcomes()
  private readonly stops: (() => void)[] = []
  private beats = 0

  constructor(
    private readonly api: Api,
    private readonly connection: Connection,
    private readonly me: Member,
    options: ConversationsOptions = {},
  ) {
    this.mine = new ConversationList(api.messaging, {
      changed: (ids) => ids.forEach((id) => this.threads.get(id)?.described()),
      told: (conversation) => this.compare(conversation),
    })
    this.list = this.mine.view
    this.pageSize = options.pageSize ?? 50
    this.now = options.now ?? (() => new Date())
    const drawer = drawerFor<KeptOutgoing>(me.person_id, options.indexedDb ?? null, options.storage ?? null)
    const tell = (word: OutboxWord) => connection.tell(word)
    this.outbox = new Outbox(drawer, tell, (entry, here) => this.outboxChanged(entry, here))
    this.pending = this.outbox.size
    this.sender = new Sender(connection, this.outbox, { ackMs: 10_000, busyMs: 3_000, ...options.timing })
    this.uploads = new Uploads(api.messaging, connection, this.outbox, options.uploads)
    this.asking = new Asking(connection)
    this.links = new Links(api.messaging, () => this.now().getTime())
    this.delivered = new DeliveredMarks(connection)
    this.whispers = new Whispers(connection, (id, typing) => this.threads.get(id)?.show({ typing }))
    this.listen()
    void this.takeUp()
  }

  /** Reads my newest conversations (again), up to `most`. */
  async refresh(most?: number): Promise<void> {
    await this.mine.refresh(most)
  }

  /** Something happened to what a conversation is about: it may have been opened or closed. */
  async subjectChanged(subject: string): Promise<void> {
    const known = this.mine.aboutSubject(subject)
    if (known) await this.describe(known.id)
    else if (this.mine.view.get().loaded) await this.refresh(1)
  }

  /** Reads one conversation's description again, as after a notice about it. */
  async describe(id: string): Promise<void> {
    try {
      this.mine.learn(await this.api.messaging.conversation(id))
    } catch (reason) {
      const thread = this.threads.get(id)
      if (thread?.isOpen && !thread.view.get().conversation) thread.show({ error: asApiError(reason) })
    }
  }

  /** Takes in a description that a change of the conversation answered. */
  learn(read: Conversation): void {
    this.mine.learn(read)
  }

  /** The view of one conversation; nothing is read until `open`. */
  view(id: string): Readable<ConversationView> {
    return this.thread(id).view
  }

  /** Reads the newest page of history, or only what is missing when it is held already. */
  async open(id: string): Promise<void> {
    void this.describe(id)
    await this.thread(id).open()
  }

  /** Reads one page before what is held. */
  async loadOlder(id: string): Promise<void> {
    await this.thread(id).loadOlder()
  }

  /** Reads backwards until `seq` is held; answers whether it is. */
  async loadUntil(id: string, seq: number): Promise<boolean> {
    return this.thread(id).loadUntil(seq)
  }

  /**
   * Shows the message at once and sends it until acknowledged, over reloads and closed browsers as well.
   * Connection, upload, retry and resumption are beneath; `outcome` says delivered or failed.
   */
  send(conversationId: string, draft: string | Draft): Sending {
    const entry = outgoingOf(newId(), conversationId, draft, this.now().toISOString())
    const outcome = this.outcomes.of(entry.id)
    this.whispers.sent(conversationId)
    this.outbox.add(entry, typeof draft !== 'string' && 'file' in draft ? draft.file : undefined)
    return { id: entry.id, outcome }
  }

  /** Sends a failed message once more. */
  retry(id: string): Sending | null {
    const entry = this.outbox.find(id)
    if (entry?.state !== 'failed') return null
    const outcome = this.outcomes.of(id)
    this.outbox.change(id, this.uploads.again(entry))
    return { id, outcome }
  }

  /** Takes a message that was not sent out of the conversation, upload and all; returns its text. */
  discard(id: string): string | null {
    const entry = this.outbox.remove(id)
    if (!entry) return null
    this.outcomes.settle(id, { result: 'failed', failure: { code: DISCARDED, facts: {}, requestId: null } })
    return entry.text
  }

  /** Takes back what stands in the conversation. Rejects when the hospital refuses, or cannot be reached now. */
  async recall(conversationId: string, seq: number): Promise<void> {
    const id = newId()
    const ack = await this.asking.ask({ action: 'recall', id, conversation_id: conversationId, seq })
    const sender = this.me
    this.arrived({ ...ack, conversation_id: conversationId, id, sender, type: 'recall', content: { seq } })
  }

  /** Marks everything up to `seq` as read by me, here at once, at the hospital when it can be reached. */
  markRead(id: string, seq: number): void {
    if (seq <= (this.mine.find(id)?.read_seq ?? this.wantedReads.get(id) ?? 0)) return
    this.wantedReads.set(id, seq)
    this.mine.change((listing) => directory.withRead(listing, id, seq))
    this.tellRead(id, seq)
  }

  /** Here at once; goes back when the hospital refuses. */
  async setMuted(id: string, muted: boolean): Promise<void> {
    const was = this.mine.find(id)?.muted === true
    this.mine.change((listing) => directory.withMuted(listing, id, muted))
    try {
      await this.api.messaging.setMuted(id, muted)
    } catch (reason) {
      this.mine.change((listing) => directory.withMuted(listing, id, was))
      throw reason
    }
  }

  /** Call at every key; the others are told at most every three seconds. */
  typing(id: string): void {
    this.whispers.typing(id)
  }

  /** Asks who of the members is there; the answer comes in the view. */
  askPresence(id: string): void {
    this.connection.send({ action: 'present', conversation_id: id })
  }

  /** Where a file of a message can be fetched for some minutes; what I sent from this page answers at once. */
  async link(id: string, seq: number, variant: FileVariant): Promise<string> {
    // The cover of a video is made by the hospital: the file that I sent is the video itself.
    const held = variant === 'cover' ? undefined : this.threads.get(id)?.view.get().messages
    const sent = held?.find((message) => message.seq === seq)?.id
    return (sent && this.outbox.previewOf(sent)) || this.links.link(id, seq, variant)
  }

  /** Ends this store. `forget`: I signed out, so nothing I wrote may stay on this machine. */
  close(forget: boolean): void {
    for (const stop of this.stops) stop()
    if (!forget) this.sender.disconnected()
    this.uploads.close()
    this.asking.close()
    this.delivered.close()
    this.whispers.close()
    if (forget) void this.outbox.forgetAll()
    else this.outbox.close()
  }

  /** What an earlier page left waiting, or the tab that held the line until now. */
  private async takeUp(): Promise<void> {
    await this.outbox.load()
    this.pushOn()
  }

  private pushOn(): void {
    this.uploads.pushAll()
    this.sender.pushAll()
  }

  private listen(): void {
    const { events, phase, leading } = this.connection
    this.connection.holding(() => this.held())
    this.stops.push(
      () => this.connection.holding(() => ({})),
      events.on('online', ({ gap, behind }) => void this.resume(gap, behind)),
      events.on('told', ({ behind, newest }) => this.behind(behind, newest)),
      events.on('message', (message) => this.arrived(message)),
      events.on('ack', (ack) => this.acknowledged(ack)),
      events.on('refused', (refusal) => {
        this.asking.refused(refusal)
        this.sender.refused(refusal)
      }),
      events.on('read', (mark) => this.marked(mark.conversation_id, mark.person_id, { read_seq: mark.seq })),
      events.on('delivered', (mark) => this.marked(mark.conversation_id, mark.person_id, { delivered_seq: mark.seq })),
      events.on('typing', ({ conversation_id, person_id }) => {
        if (person_id !== this.me.person_id) this.whispers.hear(conversation_id, person_id)
      }),
      events.on('present', ({ conversation_id, person_ids }) =>
        this.threads.get(conversation_id)?.show({ present: person_ids }),
      ),
      events.on('said', (word) => {
        if (word.word === 'outbox') this.outbox.hear(word)
      }),
      phase.subscribe((now) => {
        if (now === 'waiting' || now === 'off') this.sender.disconnected()
      }),
      leading.subscribe((leads) => {
        if (leads) void this.takeUp()
        else this.uploads.rest()
      }),
    )
  }

  /** After each (re)connect: send what waits, read what was missed. */
  private async resume(gap: boolean, behind: Held): Promise<void> {
    this.pushOn()
    const { loaded } = this.mine.view.get()
    if (gap && loaded) await this.refresh()
    const told = !gap || this.mine.isRead
    if (told) this.behind(behind, null)
    else {
      for (const [id, thread] of this.threads) {
        if (!thread.isOpen) continue
        void this.describe(id)
        void thread.catchUp()
      }
    }
  }

  /** The hospital compared what this page holds with what there is. */
  private behind(behind: Held, newest: string | null): void {
    for (const [id, lastSeq] of Object.entries(behind)) {
      const thread = this.threads.get(id)
      if (thread?.isOpen && (thread.heldSeq ?? 0) < lastSeq) void thread.catchUp()
      else if ((this.mine.find(id)?.last_seq ?? 0) < lastSeq) void this.describe(id)
    }
    if (newest && this.mine.view.get().loaded && !this.mine.find(newest)) void this.refresh()
  }

  private held(): Held {
    this.beats += 1
    return heldNow(this.threads.values(), this.mine.items, this.beats)
  }

  private arrived(message: Message): void {
    const id = message.conversation_id
    if (message.id && message.sender?.person_id === this.me.person_id) this.stored(message.id, message)
    if (!this.mine.find(id)) void this.describe(id)
    if (message.type === 'recall') this.links.forget(id, message.content.seq)
    if (message.sender) this.whispers.stopped(id, message.sender.person_id)
    this.mine.change((listing) => directory.withMessage(listing, message, this.me.person_id))
    const thread = this.threads.get(id)
    thread?.arrived([message])
    if (message.sender?.person_id !== this.me.person_id) this.delivered.reached(id, thread?.heldSeq ?? message.seq)
  }

  private acknowledged(ack: Ack): void {
    if (this.asking.acknowledged(ack)) return
    const entry = this.outbox.find(ack.id)
    this.stored(ack.id, ack)
    if (!entry) return
    const { id, seq, sent_at } = ack
    const { conversation_id, type } = entry
    const content = { ...entry.content, ...sentContent(entry) }
    this.arrived({ conversation_id, seq, id, sender: this.me, type, content, sent_at } as Message)
  }

  /** A message of mine is at the hospital. */
  private stored(id: string, at: { conversation_id: string; seq: number; sent_at: string }): void {
    this.sender.settled(at.conversation_id, id)
    const { conversation_id, seq, sent_at } = at
    this.delivered.known(conversation_id, seq) // whoever writes has read what stands above
    this.outcomes.settle(id, { result: 'delivered', conversation_id, seq, sent_at })
  }

  /** What history tells: my own messages are stored, and the list may lag behind. */
  private noticed(id: string, items: readonly Message[], lastSeq: number): void {
    for (const message of items) {
      if (message.id && message.sender?.person_id === this.me.person_id) this.stored(message.id, message)
    }
    if ((this.mine.find(id)?.last_seq ?? lastSeq) < lastSeq) void this.describe(id)
    const newest = items.at(-1)
    if (newest) this.delivered.reached(id, newest.seq)
  }

  private marked(id: string, personId: string, mark: { read_seq?: number; delivered_seq?: number }): void {
    if (personId === this.me.person_id) {
      this.delivered.known(id, Math.max(mark.read_seq ?? 0, mark.delivered_seq ?? 0))
      const seq = mark.read_seq ?? 0
      this.mine.change((listing) => directory.withRead(listing, id, seq))
    }
    this.threads.get(id)?.marked(personId, mark)
  }

  private tellRead(id: string, seq: number): void {
    this.delivered.known(id, seq)
    if (this.connection.send({ action: 'read', conversation_id: id, seq })) return
    this.api.messaging.markRead(id, seq).then(
      (told) => this.mine.change((listing) => directory.withRead(listing, id, told.read_seq, told.unread)),
      () => undefined, // told again after the next connect, see compare
    )
  }

  /** What the hospital knows of me lags behind: it did not hear me. */
  private compare(told: Conversation): void {
    const wanted = this.wantedReads.get(told.id) ?? 0
    if (wanted <= told.read_seq) this.wantedReads.delete(told.id)
    else {
      this.mine.change((listing) => directory.withRead(listing, told.id, wanted))
      this.tellRead(told.id, wanted)
    }
    this.delivered.known(told.id, Math.max(told.delivered_seq, told.read_seq))
    const thread = this.threads.get(told.id)
    this.delivered.reached(told.id, thread?.isOpen ? (thread.heldSeq ?? 0) : told.last_seq)
    if (thread?.isOpen && (thread.heldSeq ?? 0) < told.last_seq) void thread.catchUp()
  }

  private outboxChanged(entry: Outgoing, here: boolean): void {
    const held = this.outbox.find(entry.id)
    this.threads.get(entry.conversation_id)?.show()
    if (!held) {
      this.uploads.drop(entry)
      this.sender.discarded(entry)
      return
    }
    if (held.state === 'failed' && held.failure) this.outcomes.settle(held.id, { result: 'failed', failure: held.failure })
    // What this tab's own sender or uploads changed, they carry on with themselves.
    if (here && held.state === 'sending') return
    this.uploads.push(held)
    this.sender.push(held.conversation_id)
  }

  private thread(id: string): Thread {
    const known = this.threads.get(id)
    if (known) return known
    const thread = new Thread(id, {
      api: this.api.messaging,
      pageSize: this.pageSize,
      described: () => this.mine.find(id) ?? null,
      outgoing: () => this.outbox.of(id),
      noticed: (items, lastSeq) => this.noticed(id, items, lastSeq),
    })
    this.threads.set(id, thread)
    return thread
  }
}
