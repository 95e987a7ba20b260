/**
 * An invented hospital for looking at pages: `node dev/hospital.mjs 8841`, on the loopback only.
 *
 * Answers the routes of the contract from memory, nothing more: no rights, no rules, no store.
 * Phones 13800000001 (a bit of everything), 13800000002 (nothing at all), 13800000003 (2,000 of all).
 * The code is always 123456. The doctor answers each message after a second.
 * `POST /dev/visits/{id}/{accept|refuse|finish|expire}` does the doctor's part.
 */
import { createServer } from 'node:http'

import { markRead, refused, routes, tickets, tokens } from './routes.mjs'
import { accept } from './socket.mjs'
import { addMessage, conversations, iso, lines, newId, people } from './store.mjs'

const port = Number(process.argv[2] ?? 8841)
const keys = new Map()

function matched(method, path) {
  for (const [wanted, pattern, handle, access] of routes) {
    const names = []
    const match = new RegExp(`^${pattern.replace(/:(\w+)/g, (_, name) => (names.push(name), '([^/]+)'))}$`).exec(path)
    if (wanted === method && match)
      return {
        handle,
        access,
        at: Object.fromEntries(names.map((name, n) => [name, decodeURIComponent(match[n + 1])])),
      }
  }
  return null
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost')
  let text = ''
  for await (const part of request) text += part
  const route = matched(request.method, url.pathname)
  const me = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''))
  const key = request.headers['idempotency-key']
  let answer
  if (!route) answer = refused(404, 'request.not_found')
  else if (!me && route.access !== 'open' && !/codes|patient-sessions|refresh|sign-out/.test(url.pathname))
    answer = refused(401, 'identity.missing')
  else if (key && keys.has(key)) answer = keys.get(key)
  else answer = route.handle({ request, query: url.searchParams, body: text ? JSON.parse(text) : {}, me, at: route.at })
  if (key) keys.set(key, answer)
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.SLOW_MS ?? 60)))
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    ...(answer.cookie ? { 'set-cookie': answer.cookie } : {}),
  })
  response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
})

server.on('upgrade', (request, socket) => {
  const me = people.get(tickets.get(new URL(request.url, 'http://localhost').searchParams.get('ticket')))
  if (!me) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
  const line = accept(request, socket, {
    onText: (text) => hear(me, line, JSON.parse(text)),
    onClose: () => lines.get(me.id)?.delete(line),
  })
  lines.set(me.id, (lines.get(me.id) ?? new Set()).add(line))
})

function hear(me, line, frame) {
  if (frame.action === 'hello')
    line.send({ type: 'welcome', v: 1, heartbeat_seconds: 60, renew_at: iso(Date.now() + 110 * 60_000) })
  if (frame.action === 'ping') line.send({ type: 'pong' })
  if (frame.action === 'read') markRead(me.id, frame.conversation_id, frame.seq)
  if (frame.action !== 'send') return
  const conversation = conversations.get(frame.conversation_id)
  if (frame.content.text.includes('失败'))
    return line.send({ type: 'error', id: frame.id, code: 'request.schema_broken', facts: {}, request_id: 'req_dev_1' })
  const [patient, doctor] = conversation.members
  const held = conversation.messages.find(({ id }) => id === frame.id)
  const stored = held ?? addMessage(conversation, patient, frame.content.text, frame.id)
  line.send({ type: 'ack', id: frame.id, conversation_id: conversation.id, seq: stored.seq, sent_at: stored.sent_at })
  if (!held)
    setTimeout(() => {
      markRead(doctor.person_id, conversation.id, stored.seq)
      addMessage(conversation, doctor, `收到：“${frame.content.text}”。我看一下，请稍等。`, newId('doc'))
    }, 1000)
}

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
