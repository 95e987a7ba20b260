import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Listener = (event: unknown) => void
const SOURCE = readFileSync(new URL('../public/push.js', import.meta.url), 'utf8')

/** The worker as a browser runs it: what it shows and opens. */
function worker(pages: { url: string; focus(): Promise<void>; navigate?(path: string): Promise<void> }[] = []) {
  const listeners: Record<string, Listener> = {}
  const shown: { title: string; body: string; tag: string; data: { opens: string } }[] = []
  const opened: string[] = []
  const self = {
    addEventListener: (name: string, listener: Listener) => (listeners[name] = listener),
    registration: {
      showNotification: async (title: string, options: object) => void shown.push({ title, ...options } as never),
    },
    clients: { matchAll: async () => pages, openWindow: async (path: string) => void opened.push(path) },
  }
  new Function('self', SOURCE)(self)
  return {
    shown,
    opened,
    async push(data: unknown) {
      await happens('push', { data: { json: () => JSON.parse(data as string) } })
    },
    async tap(opens: string) {
      await happens('notificationclick', { notification: { close() {}, data: { opens } } })
    },
  }

  async function happens(name: string, event: object) {
    let done: Promise<unknown> = Promise.resolve()
    listeners[name]?.({ ...event, waitUntil: (work: Promise<unknown>) => (done = work) })
    await done
  }
}

const TOLD = { v: 1, id: 'rem_1.1', title: '云诊', words: '您有 3 条新消息，请打开云诊查看。', opens: '/patient/messages' }

describe('the worker that shows pushes', () => {
  it('shows the line, a newer one in its place', async () => {
    const { push, shown } = worker()
    await push(JSON.stringify(TOLD))
    expect(shown).toEqual([
      { title: '云诊', body: TOLD.words, tag: 'reminder', icon: '/patient/mark.svg', data: { opens: TOLD.opens } },
    ])
  })

  it.each([
    '',
    'no json',
    '{}',
    'null',
    JSON.stringify({ ...TOLD, v: 2 }),
    JSON.stringify({ ...TOLD, words: 1 }),
    JSON.stringify({ ...TOLD, opens: 'https://evil.example/' }),
    JSON.stringify({ ...TOLD, opens: '/staff/' }),
    JSON.stringify({ ...TOLD, opens: '/patient/../staff/' }),
  ])('shows the plain line for whatever else comes: %s', async (data) => {
    const { push, shown } = worker()
    await push(data)
    expect(shown.map(({ title, body, data: { opens } }) => [title, body, opens])).toEqual([
      ['云诊', '您有新消息，请打开云诊查看。', '/patient/messages'],
    ])
  })

  it('opens the conversations in the page that is there, or in a new one', async () => {
    const went: string[] = []
    const page = {
      url: 'https://hospital.test/patient/me',
      focus: async () => void went.push('focus'),
      navigate: async (path: string) => void went.push(path),
    }
    await worker([page]).tap('/patient/messages')
    expect(went).toEqual(['focus', '/patient/messages'])
    const alone = worker([{ url: 'https://hospital.test/staff/', focus: async () => undefined }])
    await alone.tap('/patient/messages')
    expect(alone.opened).toEqual(['/patient/messages'])
  })
})
