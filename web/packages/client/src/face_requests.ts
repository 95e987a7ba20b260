import type { components } from './api'
import { Http } from './http'
import type { HttpOptions } from './http'

type Schemas = components['schemas']

/** How a check stands for the system that asked, and the link that its person opens on a phone. */
export type FaceResult = Schemas['FaceResult']
export type AskedFace = Schemas['AskedFace']
/** Whose face; the same `reference` is the same check. */
export type FaceWish = Schemas['AskForFace']

/** Of a system that an administrator let in. The key stays on its server: never give it to a page. */
export interface SystemKey {
  apiBase: string
  id: string
  key: string
  http?: Partial<Omit<HttpOptions, 'apiBase'>>
  /** Milliseconds since 1970; the computer's clock unless told. */
  now?: () => number
}

/** Checks of faces for another system of the hospital: on its server, with its key (see `examples/face.mjs`). */
export function createFaceRequests({ apiBase, id, key, http, now = Date.now }: SystemKey) {
  const hospital = new Http({ ...http, apiBase: async () => apiBase })
  async function signed<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const moment = String(Math.floor(now() / 1000))
    const text = body ? JSON.stringify(body) : ''
    const signature = await hmac(key, `${moment}\n${method}\n${path}\n${await sha256(text)}`)
    const headers = { 'X-System-Id': id, 'X-System-Time': moment, 'X-System-Signature': signature }
    return hospital.request<Answer>({ method, path: `/identity${path}`, body, headers, anonymous: true })
  }
  return {
    ask: (wish: FaceWish) => signed<AskedFace>('POST', '/system-face-requests', wish),
    result: (request: string) => signed<FaceResult>('GET', `/system-face-requests/${encodeURIComponent(request)}`),
  }
}

export type FaceRequests = ReturnType<typeof createFaceRequests>

const bytes = (text: string) => new TextEncoder().encode(text)
const hex = (buffer: ArrayBuffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, '0')).join('')
const sha256 = async (text: string) => hex(await crypto.subtle.digest('SHA-256', bytes(text)))

async function hmac(key: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', bytes(key), algorithm, false, ['sign'])
  return hex(await crypto.subtle.sign('HMAC', imported, bytes(text)))
}
