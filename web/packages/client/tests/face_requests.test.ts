import { expect, it } from 'vitest'
import { createFaceRequests } from '../src'

const whom = { reference: 'r-1', name: '王小明', id_number: '110101199003070011' }

/** A server of another system at a known moment; what it sent is written down. */
function server(answer: () => Response) {
  const sent: { url: string; headers: Record<string, string>; body?: string }[] = []
  const fetched = async (url: unknown, init?: RequestInit) => {
    sent.push({ url: String(url), headers: init?.headers as Record<string, string>, body: init?.body as string })
    return answer()
  }
  const http = { fetch: fetched as typeof fetch, repeatAfterMs: [] }
  const faces = createFaceRequests({ apiBase: 'https://h/api', id: 'sys_1', key: 'a key', http, now: () => 1795242600_999 })
  return { faces, sent }
}

it('signs each request as the hospital reads it', async () => {
  const { faces, sent } = server(() => Response.json({ id: 'frq_1' }))
  await faces.ask(whom)
  await faces.result('frq_1')
  expect(sent.map((one) => one.url)).toEqual(['https://h/api/identity/system-face-requests', 'https://h/api/identity/system-face-requests/frq_1'])
  expect(sent.map((one) => one.headers['X-System-Signature'])).toEqual([
    '8e24a22e323eaab24d334e5b80a64a9c89f9006653ae26a720727de5a8c7dce0',
    '884cbd6a3884582b47be96cd218451685d2724741f2116953be47f9bde6805a4',
  ])
  expect(sent[0]?.headers).toMatchObject({ 'X-System-Id': 'sys_1', 'X-System-Time': '1795242600' })
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(whom)
})

it('says by the hospital’s own word that a key does not count', async () => {
  const { faces } = server(() => Response.json({ code: 'identity.missing', facts: {} }, { status: 401 }))
  await expect(faces.ask(whom)).rejects.toMatchObject({ code: 'identity.missing', status: 401 })
})
