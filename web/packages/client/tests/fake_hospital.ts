import type { Wire } from '../src/line'
import type { ClientFrame, Conversation, Me, Member, Message, ServerFrame } from '../src/types'

/** A hospital small enough to read, with the faults that a test asks for. */
export class FakeHospital {
  readonly requests: string[] = []
  readonly messages: Message[] = []
  readonly wires: FakeWire[] = []
  /** Access tokens that are good now. */
  readonly tokens = new Set<string>()
  sessionOver = false
  /** Swallow this many acknowledgements (stored, answer lost). */
  loseAcks = 0
  /** Swallow this many pushes to readers. */
  losePushes = 0
  refuseWith: { code: string; facts?: Record<string, unknown> } | null = null
  noNetwork = false
  keys = new Map<string, string>()
  readSeq = 0
  private refreshes = 0

  constructor(readonly me: Member = { person_id: 'per_1', name: '张三', role: 'patient' }) {}

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
    return this.answer(method, path, url.searchParams, headers, JSON.parse(String(init?.body ?? 'null')))
  }

  openWire = (url: string): Wire => {
    const wire = new FakeWire(this, url)
    this.wires.push(wire)
    return wire
  }

  get liveWires(): FakeWire[] {
    return this.wires.filter((wire) => wire.welcomed && !wire.closed)
  }

  /** Somebody else writes. */
  say(text: string): Message {
    return this.store({ person_id: 'per_2', name: '李医生', role: 'doctor' }, text, null)
  }

  push(frame: ServerFrame): void {
    for (const wire of this.liveWires) wire.deliver(frame)
  }

  received(wire: FakeWire, frame: ClientFrame): void {
    if (frame.action === 'hello') {
      wire.welcomed = true
      const renew_at = new Date(Date.now() + 6_600_000).toISOString()
      wire.deliver({ type: 'welcome', v: 1, heartbeat_seconds: 60, renew_at })
    } else if (frame.action === 'ping') wire.deliver({ type: 'pong' })
    else if (frame.action === 'send') this.take(wire, frame)
    else if (frame.action === 'read') this.readSeq = Math.max(this.readSeq, frame.seq)
  }

  private take(wire: FakeWire, frame: Extract<ClientFrame, { action: 'send' }>): void {
    if (this.refuseWith) {
      const { code, facts = {} } = this.refuseWith
      wire.deliver({ type: 'error', id: frame.id, code, facts, request_id: 'r1' })
      return
    }
    const known = this.messages.find((message) => message.id === frame.id)
    const stored = known ?? this.store(this.me, frame.content.text, frame.id)
    if (this.loseAcks > 0) {
      this.loseAcks -= 1
      return
    }
    const { conversation_id, seq, sent_at } = stored
    wire.deliver({ type: 'ack', id: frame.id, conversation_id, seq, sent_at })
  }

  private store(sender: Member, text: string, id: string | null): Message {
    const seq = this.messages.length + 1
    const sent_at = new Date().toISOString()
    const message: Message = { conversation_id: 'cnv_1', seq, id, sender, type: 'text', content: { text }, sent_at }
    this.messages.push(message)
    if (this.losePushes > 0) this.losePushes -= 1
    else this.push({ type: 'message', message })
    return message
  }

  conversation(): Conversation {
    const last = this.messages.at(-1) ?? null
    return {
      id: 'cnv_1',
      state: 'open',
      about: { type: 'visit', id: 'vis_1' },
      members: [this.me],
      last_seq: this.messages.length,
      read_seq: this.readSeq,
      unread: this.messages.filter((m) => m.seq > this.readSeq && m.sender?.person_id !== this.me.person_id).length,
      last_message: last,
      opened_at: '2026-01-01T00:00:00Z',
      closed_at: null,
    }
  }

  private answer(method: string, path: string, query: URLSearchParams, headers: Headers, body: unknown): Response {
    if (path.endsWith('-sessions')) return this.opened()
    if (path === '/identity/sessions/refresh') return this.refresh()
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
    if (!this.tokens.has(token)) return json(401, { code: 'identity.missing', facts: {}, request_id: 'r2' })
    if (method === 'POST' && headers.has('idempotency-key')) this.keys.set(path, headers.get('idempotency-key') ?? '')
    if (path === '/messaging/tickets') return json(201, { ticket: 't', url: 'ws://x/socket', expires_in_seconds: 30 })
    if (path === '/messaging/conversations') return json(200, { items: [this.conversation()], cursor: null })
    if (path === '/messaging/conversations/cnv_1') return json(200, this.conversation())
    if (path.endsWith('/messages')) return json(200, this.page(query))
    if (path.endsWith('/read')) return json(200, { read_seq: (this.readSeq = (body as { seq: number }).seq), unread: 0 })
    if (path === '/identity/me') return json(200, ME(this.me))
    if (path === '/identity/sign-out') return new Response(null, { status: 204 })
    return json(404, { code: 'request.not_found', facts: {}, request_id: 'r3' })
  }

  private page(query: URLSearchParams): object {
    const limit = Number(query.get('limit') ?? 50)
    const last_seq = this.messages.length
    if (query.has('after')) {
      const rest = this.messages.filter((message) => message.seq > Number(query.get('after')))
      return { items: rest.slice(0, limit), complete: rest.length <= limit, last_seq }
    }
    const rest = this.messages.filter((message) => message.seq < Number(query.get('before') ?? Infinity))
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
    queueMicrotask(() => this.onopen?.(undefined as never))
  }

  send(text: string): void {
    if (this.closed) throw new Error('closed')
    const frame = JSON.parse(text) as ClientFrame
    this.sent.push(frame)
    queueMicrotask(() => this.hospital.received(this, frame))
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
    audience: 'patient',
    role: 'patient',
    organisation_id: null,
    organisation_name: null,
    practitioner_role_id: null,
    title: null,
    department: null,
    permissions: ['visit:apply'],
    preferences: { language: 'zh', large_font: false, high_contrast: false },
  }
}

function json(status: number, body: object): Response {
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
