import type { ApiError } from '../errors'
import { asApiError } from '../errors'
import type { Api } from '../routes'
import { Store } from '../store'
import type { Conversation, Marks, Message } from '../types'
import type { Outgoing } from './outgoing'
import * as timeline from './timeline'
import type { Timeline } from './timeline'

export type Loading = 'none' | 'first' | 'older' | 'catching_up'

/** Everything a conversation page shows. A new value after each change; never changed in place. */
export interface ConversationView {
  /** null until the hospital has described it. */
  conversation: Conversation | null
  /** In order of `seq`, without gaps, each once. Those of type `recall` draw nothing. */
  messages: readonly Message[]
  /** Mine, not acknowledged yet, in order of writing: shown after `messages`. */
  outgoing: readonly Outgoing[]
  /** True when nothing older than `messages[0]` exists. */
  complete: boolean
  loading: Loading
  error: ApiError | null
  /** How far each member has got, by person id, as far as told. */
  marks: Readonly<Record<string, Marks>>
  /** Who is writing just now. */
  typing: readonly string[]
  /** Which members have a device online, since it was last asked; null: never asked. */
  present: readonly string[] | null
}

const BLANK: ConversationView = {
  conversation: null,
  messages: [],
  outgoing: [],
  complete: false,
  loading: 'none',
  error: null,
  marks: {},
  typing: [],
  present: null,
}

export interface ThreadPorts {
  api: Api['messaging']
  pageSize: number
  /** Of this conversation, now. */
  described: () => Conversation | null
  outgoing: () => readonly Outgoing[]
  /** History told this, and that the conversation ends at `lastSeq`. */
  noticed: (items: readonly Message[], lastSeq: number) => void
}

/** How many to ask for when the gap is what matters, not the screen. */
const MOST_PER_READ = 100
const NOBODY_MARKED: Marks = { read_seq: 0, delivered_seq: 0 }

/** One conversation as this page holds it: its run of messages, and the reads that complete it. */
export class Thread {
  readonly view: Store<ConversationView>
  private line: Timeline = timeline.EMPTY
  private opened = false
  /** The read of history under way, if any: one at a time. */
  private underWay: Promise<void> | null = null
  /** Asked for while one was under way. */
  private again = false

  constructor(
    readonly id: string,
    private readonly ports: ThreadPorts,
  ) {
    const conversation = ports.described()
    const marks = conversation?.marks ?? {}
    this.view = new Store<ConversationView>({ ...BLANK, conversation, marks, outgoing: ports.outgoing() })
  }

  /** True once a page wants its messages. */
  get isOpen(): boolean {
    return this.opened
  }

  /** The last message held without a gap; null while none was read. */
  get heldSeq(): number | null {
    return this.line.messages.length > 0 ? timeline.lastSeq(this.line) : null
  }

  /** Reads the newest page of history, or only what is missing when it is held already. */
  open(): Promise<void> {
    this.opened = true
    return this.catchUp()
  }

  arrived(messages: readonly Message[]): void {
    if (!this.opened) return
    this.line = timeline.place(this.line, messages)
    this.show(messages.reduce(follow, this.view.get()))
    if (timeline.hasGap(this.line)) void this.catchUp()
  }

  /** The newest page first, later everything after the last message held, until nothing is missing. */
  async catchUp(): Promise<void> {
    if (this.underWay) {
      this.again = true
      return this.underWay
    }
    await this.reading(this.heldSeq === null ? 'first' : 'catching_up', async () => {
      do {
        this.again = false
        if (this.heldSeq === null) await this.readNewest()
        else await this.readAfter()
      } while (this.again)
    })
  }

  /** Reads one page before what is held. */
  async loadOlder(limit = this.ports.pageSize): Promise<void> {
    const before = timeline.firstSeq(this.line)
    if (before === null || this.line.complete || this.underWay) return
    await this.reading('older', async () => {
      const page = await this.ports.api.messages(this.id, { before, limit })
      this.line = timeline.prepend(this.line, page.items, page.complete)
    })
  }

  /** Reads backwards until `seq` is held, or nothing older comes. Answers whether it is. */
  async loadUntil(seq: number): Promise<boolean> {
    for (;;) {
      if (this.underWay) await this.underWay
      const first = timeline.firstSeq(this.line)
      if (first === null || first <= seq || this.line.complete) break
      await this.loadOlder(MOST_PER_READ)
      if (timeline.firstSeq(this.line) === first) break
    }
    return this.line.messages.some((message) => message.seq === seq)
  }

  /** What one person's devices told; marks never go back. */
  marked(personId: string, mark: Partial<Marks>): void {
    const marks = withMark(this.view.get().marks, personId, mark)
    if (marks !== this.view.get().marks) this.show({ marks })
  }

  described(): void {
    let { marks } = this.view.get()
    for (const [personId, mark] of Object.entries(this.ports.described()?.marks ?? {})) {
      marks = withMark(marks, personId, mark)
    }
    this.show({ marks })
  }

  show(change: Partial<ConversationView> = {}): void {
    this.view.update((view) => ({
      ...view,
      ...change,
      conversation: this.ports.described() ?? view.conversation,
      messages: this.line.messages,
      complete: this.line.complete,
      outgoing: this.ports.outgoing(),
    }))
  }

  private async readNewest(): Promise<void> {
    const page = await this.ports.api.messages(this.id, { limit: this.ports.pageSize })
    this.line = timeline.begin(page.items, page.complete, this.line)
    this.ports.noticed(page.items, page.last_seq)
  }

  private async readAfter(): Promise<void> {
    for (let complete = false; !complete; ) {
      const after = timeline.lastSeq(this.line)
      const page = await this.ports.api.messages(this.id, { after, limit: MOST_PER_READ })
      const first = page.items[0]?.seq ?? after
      // Whoever left and was taken in again may not read what was said between: no page will ever fill that gap.
      const goesOn = first <= after + 1
      this.line = goesOn ? timeline.place(this.line, page.items) : timeline.begin(page.items, false, this.line)
      this.ports.noticed(page.items, page.last_seq)
      complete = page.complete || timeline.lastSeq(this.line) === after
      if (!complete) this.show()
    }
  }

  private async reading(loading: Loading, act: () => Promise<void>): Promise<void> {
    this.show({ loading })
    let error: ApiError | null = null
    this.underWay = act().catch((reason: unknown) => {
      error = asApiError(reason)
    })
    await this.underWay
    this.underWay = null
    this.show({ loading: 'none', error })
    if (!this.again) return
    this.again = false
    await this.catchUp()
  }
}

/** Whoever writes has read what stands above, and writes no more. */
function follow(view: Pick<ConversationView, 'marks' | 'typing'>, { sender, seq }: Message) {
  const { marks, typing } = view
  if (!sender) return { marks, typing }
  const writing = typing.includes(sender.person_id) ? typing.filter((one) => one !== sender.person_id) : typing
  return { marks: withMark(marks, sender.person_id, { read_seq: seq }), typing: writing }
}

function withMark(
  marks: Readonly<Record<string, Marks>>,
  personId: string,
  mark: Partial<Marks>,
): Readonly<Record<string, Marks>> {
  const known = marks[personId] ?? NOBODY_MARKED
  const read_seq = Math.max(known.read_seq, mark.read_seq ?? 0)
  const delivered_seq = Math.max(known.delivered_seq, mark.delivered_seq ?? 0, read_seq)
  if (read_seq === known.read_seq && delivered_seq === known.delivered_seq) return marks
  return { ...marks, [personId]: { read_seq, delivered_seq } }
}
