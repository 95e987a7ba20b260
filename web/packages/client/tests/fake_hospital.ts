import type { Wire } from '../src/connection/socket_line'
import type { ClientFrame, Conversation, EntryPoint, Held, Me, Member, Message, ServerFrame } from '../src/types'
import { FakeStore } from './fake_store'

type Answer = (frame: ServerFrame) => void

/** A mailbox of long polling. */
interface FakePoll {
  id: string
  frames: { n: number; frame: ServerFrame }[]
  gone: boolean
  /** Up to which number the page said it has them. */
  after: number
  wake: () => void
}

/** A hospital small enough to read, with the faults that a test asks for. */
export class FakeHospital {
  readonly requests: string[] = []
  readonly wires: FakeWire[] = []
  readonly polls: FakePoll[] = []
  /** Files that were asked for. */
  readonly store = new FakeStore()
  /** Access tokens that are good now. */
  readonly tokens = new Set<string>()
  /** Swallow this many acknowledgements (stored, answer lost). */
  loseAcks = 0
  /** Swallow this many pushes to readers. */
  losePushes = 0
  /** So many polls bring their frames to nobody: the network loses the answer. */
  losePolls = 0
  refuseWith: { code: string; facts?: Record<string, unknown> } | null = null
  noNetwork = false
  /** What the network does with WebSockets: `hang`: they open and nothing comes; `fail`: they close at once. */
  sockets: 'pass' | 'hang' | 'fail' = 'pass'
  /** Addresses that are down. */
  readonly down = new Set<string>()
  entries: EntryPoint[] = []
  sessionOver = false
  keys = new Map<string, string>()
  /** The first number that I may read. */
  firstSeq = 1
  readSeq = 0
  deliveredSeq = 0
  newest: string | null = null
  readonly frames: ClientFrame[] = []
  private readonly logs = new Map<string, Message[]>([['cnv_1', []]])
  private refreshes = 0

  constructor(readonly me: Member = { person_id: 'per_1', name: '张三', role: 'patient' }) {}

  get messages(): Message[] {
    return this.log('cnv_1')
  }

  log(id: string): Message[] {
    const known = this.logs.get(id) ?? []
    this.logs.set(id, known)
    return known
  }

  get refreshCount(): number {
    return this.refreshes
  }

  token(): string {
    const token = `token-${this.refreshes}`
    this.tokens.add(token)
    return token
  }

  fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input), 'http://hospital.test')
    const path = url.pathname.replace('/api', '')
    const method = init?.method ?? 'GET'
    this.requests.push(`${method} ${path}${url.search}`)
    await Promise.resolve()
    if (this.noNetwork) throw new TypeError('fetch failed')
    const headers = new Headers(init?.headers)
    const body: unknown = JSON.parse(String(init?.body ?? 'null'))
    return this.answer(method, path, url.searchParams, headers, body, init?.signal ?? null)
  }

  openWire = (url: string): Wire => {
    const wire = new FakeWire(this, url)
    this.wires.push(wire)
    return wire
  }

  get liveWires(): FakeWire[] {
    return this.wires.filter((wire) => wire.welcomed && !wire.closed)
  }

  get livePolls(): FakePoll[] {
    return this.polls.filter((poll) => !poll.gone)
  }

  /** Somebody else writes. */
  say(text: string, id = 'cnv_1'): Message {
    return this.keep(OTHER, 'text', { text }, null, id)
  }

  /** Somebody else takes a message back. */
  recall(seq: number, id = 'cnv_1'): Message {
    this.hide(seq, id)
    return this.keep(OTHER, 'recall', { seq }, null, id)
  }

  push(frame: ServerFrame): void {
    for (const wire of this.liveWires) wire.deliver(frame)
    for (const poll of this.livePolls) {
      poll.frames.push({ n: (poll.frames.at(-1)?.n ?? 0) + 1, frame })
      poll.wake()
    }
  }

  received(wire: FakeWire | null, frame: ClientFrame, answer: Answer): void {
    this.frames.push(frame)
    if (frame.action === 'hello') {
      if (wire) wire.welcomed = true
      const renew_at = new Date(Date.now() + 6_600_000).toISOString()
      answer({ type: 'welcome', v: 1, heartbeat_seconds: 60, renew_at, behind: this.behind(frame.have) })
    } else if (frame.action === 'ping') {
      answer({ type: 'pong', behind: this.behind(frame.have), newest: this.newest })
    } else if (frame.action === 'send') this.take(frame, answer)
    else if (frame.action === 'recall') this.takeBack(frame, answer)
    else if (frame.action === 'read') this.readSeq = Math.max(this.readSeq, frame.seq)
    else if (frame.action === 'delivered') this.deliveredSeq = Math.max(this.deliveredSeq, frame.seq)
    else if (frame.action === 'present') {
      answer({ type: 'present', conversation_id: frame.conversation_id, person_ids: [OTHER.person_id] })
    }
  }

  private behind(have: Held = {}): Held {
    return Object.fromEntries(
      Object.entries(have).flatMap(([id, seq]) => (this.log(id).length > seq ? [[id, this.log(id).length]] : [])),
    )
  }

  private take(frame: Extract<ClientFrame, { action: 'send' }>, answer: Answer): void {
    if (this.refuseWith) {
      const { code, facts = {} } = this.refuseWith
      answer({ type: 'error', id: frame.id, code, facts, request_id: 'r1' })
      return
    }
    const log = this.log(frame.conversation_id)
    const known = log.find((message) => message.id === frame.id)
    const stored = known ?? this.keep(this.me, frame.type, frame.content, frame.id, frame.conversation_id)
    this.acknowledge(stored, frame.id, answer)
  }

  private takeBack(frame: Extract<ClientFrame, { action: 'recall' }>, answer: Answer): void {
    if (this.refuseWith) {
      answer({ type: 'error', id: frame.id, code: this.refuseWith.code, facts: {}, request_id: 'r1' })
      return
    }
    this.hide(frame.seq, frame.conversation_id)
    const stored = this.keep(this.me, 'recall', { seq: frame.seq }, frame.id, frame.conversation_id)
    this.acknowledge(stored, frame.id, answer)
  }

  private hide(seq: number, id: string): void {
    const log = this.log(id)
    log[seq - 1] = { ...log[seq - 1], type: 'recalled', content: {} } as Message
  }

  private acknowledge({ conversation_id, seq, sent_at }: Message, id: string, answer: Answer): void {
    if (this.loseAcks > 0) this.loseAcks -= 1
    else answer({ type: 'ack', id, conversation_id, seq, sent_at })
  }

  private keep(sender: Member, type: string, content: object, id: string | null, conversation_id: string): Message {
    const log = this.log(conversation_id)
    const sent_at = new Date().toISOString()
    const message = { conversation_id, seq: log.length + 1, id, sender, type, content, sent_at } as Message
    log.push(message)
    if (this.losePushes > 0) this.losePushes -= 1
    else this.push({ type: 'message', message })
    return message
  }

  conversation(id = 'cnv_1'): Conversation {
    const log = this.log(id)
    const written = log.filter(({ sender }) => sender?.person_id === this.me.person_id).at(-1)?.seq ?? 0
    const read_seq = Math.max(id === 'cnv_1' ? this.readSeq : 0, written)
    return {
      id,
      type: 'visit',
      name: '',
      state: 'open',
      about: { type: 'visit', id: id.replace('cnv', 'vis') },
      members: [this.me, OTHER].map((one) => ({ ...one, joined_seq: 1 })),
      owner_id: null,
      notice: null,
      limits: { messages_left: null, until: null },
      muted: false,
      marks: {},
      first_seq: 1,
      last_seq: log.length,
      read_seq,
      delivered_seq: Math.max(read_seq, id === 'cnv_1' ? this.deliveredSeq : 0),
      unread: log.length - read_seq,
      last_message: log.at(-1) ?? null,
      opened_at: '2026-01-01T00:00:00Z',
      closed_at: null,
    }
  }

  private answer(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: Headers,
    body: unknown,
    signal: AbortSignal | null,
  ): Response | Promise<Response> {
    if (path.endsWith('-sessions')) return this.opened()
    if (path === '/identity/sessions/refresh') return this.refresh()
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
    if (!this.tokens.has(token)) return json(401, { code: 'identity.missing', facts: {}, request_id: 'r2' })
    if (method === 'POST' && headers.has('idempotency-key')) this.keys.set(path, headers.get('idempotency-key') ?? '')
    if (path.startsWith('/messaging/polls')) return this.polled(path, body, signal)
    if (path.startsWith('/messaging/uploads')) return this.store.answer(method, path, body)
    if (path === '/messaging/tickets') return json(201, { ticket: 't', url: 'ws://x/socket', expires_in_seconds: 30 })
    if (path === '/messaging/entry-points') return json(200, { items: this.entries })
    if (path === '/messaging/conversations') {
      const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 20)]
      const page = [...this.logs.keys()].slice(from, from + limit)
      const cursor = from + limit < this.logs.size ? String(from + limit) : null
      return json(200, { items: page.map((id) => this.conversation(id)), cursor })
    }
    if (path.startsWith('/messaging/conversations/')) return this.aboutOne(path, query, body)
    if (path === '/identity/me') return json(200, ME(this.me))
    if (path === '/identity/sign-out') return new Response(null, { status: 204 })
    return json(404, { code: 'request.not_found', facts: {}, request_id: 'r3' })
  }

  private aboutOne(path: string, query: URLSearchParams, body: unknown): Response {
    const [, , , id = '', part, last] = path.split('/')
    if (part === undefined) return json(200, this.conversation(id))
    if (part === 'messages') return json(200, this.page(id, query))
    if (part === 'files') return json(200, { url: `/media/${last}`, expires_at: new Date(Date.now() + 300_000) })
    if (part === 'muted') return this.refuseWith ? json(409, { code: this.refuseWith.code }) : json(200, {})
    return json(200, { read_seq: (this.readSeq = (body as { seq: number }).seq), unread: 0 })
  }

  private async polled(path: string, body: unknown, signal: AbortSignal | null): Promise<Response> {
    const [, , , id, part] = path.split('/')
    if (!id) {
      const poll_id = `pol_${this.polls.length + 1}`
      this.polls.push({ id: poll_id, frames: [], gone: false, after: 0, wake: () => {} })
      const behind = this.behind((body as { have: Held }).have)
      const ends_at = new Date(Date.now() + 6_600_000).toISOString()
      return json(201, { poll_id, v: 1, heartbeat_seconds: 60, ends_at, behind })
    }
    const poll = this.polls.find((one) => one.id === id)
    if (!poll || poll.gone) return json(410, { code: 'poll.over', facts: {}, request_id: 'r4' })
    if (part === 'frames') return this.framed(body as ClientFrame)
    const { after, wait_seconds } = body as { after: number; wait_seconds: number }
    poll.after = after
    const fresh = () => poll.frames.filter(({ n }) => n > after)
    if (fresh().length === 0) {
      await new Promise<void>((resolve) => {
        poll.wake = resolve
        setTimeout(resolve, wait_seconds * 1000)
        signal?.addEventListener('abort', () => resolve())
      })
    }
    if (signal?.aborted) throw new TypeError('aborted')
    if (this.losePolls > 0) {
      this.losePolls -= 1
      throw new TypeError('fetch failed')
    }
    return json(200, { frames: fresh(), behind: {} })
  }

  private framed(frame: ClientFrame): Response {
    const answers: ServerFrame[] = []
    this.received(null, frame, (said) => answers.push(said))
    const [said] = answers
    if (!said) return new Response(null, { status: 204 })
    return said.type === 'error' ? json(400, said) : json(200, said)
  }

  private page(id: string, query: URLSearchParams): object {
    const limit = Number(query.get('limit') ?? 50)
    const last_seq = this.log(id).length
    const log = this.log(id).slice(this.firstSeq - 1)
    if (query.has('after')) {
      const rest = log.filter((message) => message.seq > Number(query.get('after')))
      return { items: rest.slice(0, limit), complete: rest.length <= limit, last_seq }
    }
    const rest = log.filter((message) => message.seq < Number(query.get('before') ?? Infinity))
    return { items: rest.slice(-limit), complete: rest.length <= limit, last_seq }
  }

  private refresh(): Response {
    this.refreshes += 1
    return this.sessionOver ? json(401, { code: 'session.over', facts: {}, request_id: 'r4' }) : this.opened()
  }

  private opened(): Response {
    return json(200, { access_token: this.token(), expires_in_seconds: 600, me: ME(this.me) })
  }
}

const OTHER: Member = { person_id: 'per_2', name: '李医生', role: 'doctor' }

export class FakeWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  onerror: Wire['onerror'] = null
  welcomed = false
  closed = false
  readonly sent: ClientFrame[] = []

  constructor(
    private readonly hospital: FakeHospital,
    readonly url: string,
  ) {
    queueMicrotask(() => {
      const down = [...hospital.down].some((address) => url.startsWith(address))
      if (hospital.sockets === 'pass' && !down) this.onopen?.(undefined as never)
      else if (hospital.sockets === 'fail' || down) this.cut()
    })
  }

  send(text: string): void {
    if (this.closed) throw new Error('closed')
    const frame = JSON.parse(text) as ClientFrame
    this.sent.push(frame)
    queueMicrotask(() => this.hospital.received(this, frame, (said) => this.deliver(said)))
  }

  close(): void {
    this.closed = true
  }

  /** The network or the hospital ends it. */
  cut(): void {
    this.closed = true
    this.onclose?.(undefined as never)
  }

  deliver(frame: ServerFrame): void {
    queueMicrotask(() => {
      if (!this.closed) this.onmessage?.({ data: JSON.stringify(frame) } as never)
    })
  }
}

export function ME(member: Member): Me {
  return {
    person_id: member.person_id,
    name: member.name,
    phone_masked: null,
    verified: true,
    audience: 'patient',
    role: 'patient',
    organisation_id: null,
    organisation_name: null,
    practitioner_role_id: null,
    title: null,
    department: null,
    department_id: null,
    permissions: ['visit:apply'],
    preferences: { language: 'zh', large_font: false, high_contrast: false },
    password_due: false,
  }
}

export function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

/** Storage as browsers have it, living as long as the test wants. */
export class FakeStorage implements Storage {
  private readonly rows = new Map<string, string>()
  get length(): number {
    return this.rows.size
  }
  clear(): void {
    this.rows.clear()
  }
  getItem(key: string): string | null {
    return this.rows.get(key) ?? null
  }
  key(index: number): string | null {
    return [...this.rows.keys()][index] ?? null
  }
  removeItem(key: string): void {
    this.rows.delete(key)
  }
  setItem(key: string, value: string): void {
    this.rows.set(key, value)
  }
}
