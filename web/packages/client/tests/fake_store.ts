import { ApiError } from '../src'
import type { UploadAsked, UploadPart, UploadState } from '../src'
import { PART_REFUSED } from '../src/conversations/parts'
import { json } from './fake_hospital'

interface Kept {
  id: string
  asked: UploadAsked
  state: UploadState
  code: string | null
  got: Set<number>
  /** What was put, by part. */
  content: Map<number, string>
}

/** Uploads of the fake hospital: parts of ten bytes, put where their links say. */
export class FakeStore {
  readonly uploads: Kept[] = []
  readonly cancelled: string[] = []
  /** Parts that were put, by number, in order. */
  readonly puts: number[] = []
  /** The network takes this many parts and never answers for them. */
  failParts = 0
  /** While true, the hospital checks and says nothing. */
  slow = false
  refuse: string | null = null
  /** After so many parts the next hangs until its upload is given up. */
  hangAfter = Infinity
  hangs = false
  /** Parts that were given up while they hung. */
  givenUp = 0

  putPart = (part: UploadPart, bytes: Blob, told: (n: number) => void, signal: AbortSignal): Promise<void> => {
    this.hangs = this.failParts === 0 && this.puts.length >= this.hangAfter
    if (this.hangs) {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          this.givenUp += 1
          reject(new ApiError({ code: 'client.timed_out' }))
        })
      })
    }
    if (this.failParts > 0) {
      this.failParts -= 1
      return Promise.reject(new ApiError({ code: PART_REFUSED }))
    }
    told(bytes.size)
    this.puts.push(part.number)
    const upload = this.uploads.find(({ id }) => part.url.endsWith(`/${id}`))
    upload?.got.add(part.number)
    return bytes.text().then((text) => void upload?.content.set(part.number, text))
  }

  answer(method: string, path: string, body: unknown): Response {
    const [, , , id, act] = path.split('/')
    if (!id) return this.ask(body as UploadAsked)
    const upload = this.uploads.find((one) => one.id === id)
    if (!upload) return json(404, { code: 'upload.not_found', facts: {}, request_id: 'r6' })
    if (method === 'DELETE') {
      this.cancelled.push(id)
      return new Response(null, { status: 204 })
    }
    if (act === 'finish') upload.state = 'checking'
    else if (upload.state === 'checking' && !this.slow) this.judge(upload)
    return json(200, this.shown(upload))
  }

  /** The whole file of an upload, as it was put. */
  whole(n: number): string {
    const parts = [...(this.uploads[n]?.content ?? [])].sort(([a], [b]) => a - b)
    return parts.map(([, text]) => text).join('')
  }

  private judge(upload: Kept): void {
    upload.state = this.refuse ? 'refused' : 'ready'
    upload.code = this.refuse
  }

  private ask(asked: UploadAsked): Response {
    const id = `upl_${this.uploads.length + 1}`
    const upload: Kept = { id, asked, state: 'asked', code: null, got: new Set(), content: new Map() }
    this.uploads.push(upload)
    return json(201, this.shown(upload))
  }

  private shown({ id, asked, state, code, got }: Kept): object {
    const all = Array.from({ length: Math.ceil(asked.size / 10) }, (_, n) => ({
      number: n + 1,
      first: n * 10,
      size: Math.min(10, asked.size - n * 10),
      url: `/uploads/${id}`,
      headers: {},
    }))
    const parts = state === 'asked' ? all.filter(({ number }) => !got.has(number)) : undefined
    return { id, state, code, parts, expires_at: new Date(Date.now() + 3_600_000).toISOString() }
  }
}
