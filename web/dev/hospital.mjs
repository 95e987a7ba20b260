/**
 * An invented hospital for looking at pages: `node dev/hospital.mjs 8841`, on the loopback only.
 *
 * Answers the routes of the contract from memory, nothing more: no rights, no rules, no store.
 * Phones 13800000001 (a bit of everything), 13800000002 (nothing at all), 13800000003 (2,000 of all).
 * The code is always 123456. The doctor answers each message after a second.
 * `POST /dev/visits/{id}/{accept|refuse|finish|expire}` does the doctor's part.
 */
import { createServer } from 'node:http'

import { DEPARTMENTS, doctors, faqs, notice, patients, profile } from './people.mjs'
import { accept } from './socket.mjs'
import { addMessage, conversations, iso, lines, makeVisit, newId, openConversation, people, personOf, shownConversation, tell, visits } from './store.mjs'

const port = Number(process.argv[2] ?? 8841)
const sms = []
const tokens = new Map()
const tickets = new Map()
const keys = new Map()
const refused = (status, code, facts = {}) => ({ status, body: { code, facts, request_id: `req_dev_${code}` } })
const ok = (body, status = 200) => ({ status, body })

function paged(all, query, most = 100) {
  const from = Number(query.get('cursor') ?? 0)
  const limit = Math.min(Number(query.get('limit') ?? 20), most)
  const to = from + limit
  return ok({ items: all.slice(from, to), cursor: to < all.length ? String(to) : null })
}

function meOf(person) {
  return {
    person_id: person.id, name: person.name, phone_masked: person.phone.replace(/(\d{3})\d{4}/, '$1****'),
    audience: 'patient', role: 'patient', organisation_id: null, organisation_name: null,
    practitioner_role_id: null, title: null, department: null, permissions: ['visit:apply'], preferences: person.preferences,
  }
}

function open(person, request) {
  const token = newId('tok')
  tokens.set(token, person)
  const session = { id: newId('ses'), audience: 'patient', device: request.headers['user-agent'] ?? null, ip: '127.0.0.1', opened_at: iso(Date.now()), last_used_at: iso(Date.now()) }
  return { token, session, body: { access_token: token, expires_in_seconds: 600, me: meOf(person) } }
}

function signedIn(person, request) {
  const opened = open(person, request)
  person.current = opened.session.id
  person.sessions.unshift(opened.session, ...(person.sessions.length ? [] : [
    { ...opened.session, id: newId('ses'), device: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1', ip: '223.104.3.18', opened_at: iso(Date.now() - 3e8), last_used_at: iso(Date.now() - 8e7) },
  ]))
  person.signIns.unshift({ at: iso(Date.now()), method: 'code', outcome: 'succeeded', device: opened.session.device, ip: '127.0.0.1' })
  if (person.signIns.length < 2) person.signIns.push({ at: iso(Date.now() - 8e7), method: 'code', outcome: 'refused', device: null, ip: '223.104.3.18' })
  return { ...ok(opened.body), cookie: `refresh_patient=${person.id}; Path=/; HttpOnly; SameSite=Strict` }
}

const items = (kind, contents) => contents.map((content, n) => ({ id: `${kind}_${n}`, kind, organisation_id: null, version: 1, retired: false, content, changed_at: iso(Date.now()) }))
const reference = {
  faqs: items('faqs', faqs.map(([question, answer], order) => ({ question, answer, order }))),
  departments: items('departments', DEPARTMENTS.map(([code, name], order) => ({ code, name, introduction: '', order }))),
  organisation_profiles: items('organisation_profiles', [profile]),
  consultation_notices: items('consultation_notices', [notice]),
}

const routes = [
  ['POST', '/api/identity/codes', ({ body }) => {
    sms.unshift({ id: newId('sms'), phone: body.phone, text: `【云诊】您的验证码是 123456，5 分钟内有效。`, sent_at: iso(Date.now()) })
    return ok({ retry_after_seconds: 60, expires_in_seconds: 300 }, 202)
  }],
  ['POST', '/api/identity/patient-sessions', ({ body, request }) =>
    body.code === '123456' ? signedIn(personOf(body.phone), request) : refused(401, 'sign_in.code_wrong')],
  ['POST', '/api/identity/sessions/refresh', ({ request }) => {
    const person = people.get(/refresh_patient=(\w+)/.exec(request.headers.cookie ?? '')?.[1])
    return person ? ok(open(person, request).body) : refused(401, 'session.over')
  }],
  ['POST', '/api/identity/sign-out', () => ({ status: 204, cookie: 'refresh_patient=; Path=/; Max-Age=0' })],
  ['GET', '/api/identity/me', ({ me }) => ok(meOf(me))],
  ['PATCH', '/api/identity/me', ({ me, body }) => {
    if (body.name) me.name = body.name
    Object.assign(me.preferences, body.preferences ?? {})
    return ok(meOf(me))
  }],
  ['GET', '/api/identity/sessions', ({ me, query }) => paged(me.sessions.map((one) => ({ ...one, current: one.id === me.current })), query)],
  ['DELETE', '/api/identity/sessions/:id', ({ me, at }) => {
    me.sessions = me.sessions.filter(({ id }) => id !== at.id)
    return { status: 204 }
  }],
  ['GET', '/api/identity/sign-ins', ({ me, query }) => paged(me.signIns, query)],
  ['GET', '/api/directory/doctors', ({ query }) => {
    const [q, department] = [query.get('q') ?? '', query.get('department')]
    return paged(doctors.filter((one) => (!department || one.department === department) && (one.name + one.introduction + one.department).includes(q)), query)
  }, 'open'],
  ['GET', '/api/directory/doctors/:id', ({ at }) => {
    const doctor = doctors.find(({ id }) => id === at.id)
    return doctor ? ok(doctor) : refused(404, 'request.not_found')
  }, 'open'],
  ['GET', '/api/directory/reference/:kind', ({ at, query }) => paged(reference[at.kind] ?? [], query), 'open'],
  ['GET', '/api/consultation/visits', ({ me, query }) => paged(me.visits.map((id) => visits.get(id)), query)],
  ['POST', '/api/consultation/visits', ({ me, body }) => {
    const open = me.visits.map((id) => visits.get(id)).find((one) => one.doctor.id === body.doctor_id && ['applied', 'accepted', 'in_progress'].includes(one.state))
    if (open) return refused(409, 'visit.already_open', { visit_id: open.id })
    return ok(makeVisit(me, doctors.find(({ id }) => id === body.doctor_id), { complaint: body.complaint, name: body.patient_name }), 201)
  }],
  ['GET', '/api/consultation/visits/:id', ({ at }) => (visits.has(at.id) ? ok(visits.get(at.id)) : refused(404, 'visit.not_found'))],
  ['POST', '/api/messaging/tickets', ({ me, request }) => {
    const ticket = newId('tkt')
    tickets.set(ticket, me.id)
    return ok({ ticket, url: `ws://${request.headers['x-forwarded-host'] ?? request.headers.host}/socket`, expires_in_seconds: 30 }, 201)
  }],
  ['GET', '/api/messaging/conversations', ({ me, query }) => paged(me.conversations.map((id) => shownConversation(conversations.get(id), me.id)), query)],
  ['GET', '/api/messaging/conversations/:id', ({ me, at }) => (conversations.has(at.id) ? ok(shownConversation(conversations.get(at.id), me.id)) : refused(404, 'conversation.not_found'))],
  ['GET', '/api/messaging/conversations/:id/messages', ({ at, query }) => {
    const { messages } = conversations.get(at.id)
    const limit = Math.min(Number(query.get('limit') ?? 50), 100)
    const last_seq = messages.length
    if (query.has('after')) {
      const newer = messages.filter(({ seq }) => seq > Number(query.get('after')))
      return ok({ items: newer.slice(0, limit), complete: newer.length <= limit, last_seq })
    }
    const older = messages.filter(({ seq }) => seq < Number(query.get('before') ?? Infinity))
    return ok({ items: older.slice(-limit), complete: older.length <= limit, last_seq })
  }],
  ['POST', '/api/messaging/conversations/:id/read', ({ me, at, body }) => ok(markRead(me.id, at.id, body.seq))],
  ['GET', '/sandbox/api/sms', ({ query }) => ok({ items: sms.filter(({ phone }) => !query.get('phone') || phone === query.get('phone')) }), 'open'],
  ['GET', '/sandbox/api/accounts', () => ok({ patients: patients.map(({ phone, name }) => ({ phone, name: name ?? '新用户' })), staff: [] }), 'open'],
  ['GET', '/config.json', () => ok({ api_base: '/api', profile: 'local' }), 'open'],
  ['POST', '/dev/visits/:id/:act', ({ at }) => ok(act(visits.get(at.id), at.act)), 'open'],
]

function markRead(personId, conversationId, seq) {
  const conversation = conversations.get(conversationId)
  conversation.read.set(personId, Math.max(seq, conversation.read.get(personId) ?? 0))
  for (const member of conversation.members) tell(member.person_id, { type: 'read', conversation_id: conversationId, person_id: personId, seq })
  const { read_seq, unread } = shownConversation(conversation, personId)
  return { read_seq, unread }
}

function act(visit, what) {
  const person = people.get(visit.patient.person_id)
  const now = iso(Date.now())
  visit.version += 1
  visit.ahead = null
  if (what === 'accept') {
    Object.assign(visit, { state: 'in_progress', accepted_at: now, started_at: now })
    openConversation(person, visit, 1)
  } else if (what === 'finish') {
    Object.assign(visit, { state: 'finished', ended_at: now, summary: { conclusion: '考虑接触性皮炎。', advice: '避免接触洗涤剂，外用药膏一天两次。' } })
    Object.assign(conversations.get(visit.conversation_id), { state: 'closed', closed_at: now })
  } else if (what === 'refuse') Object.assign(visit, { state: 'refused', ended_at: now, refusal: { reason: '不在我的专业范围', words: null } })
  else Object.assign(visit, { state: 'expired', ended_at: now })
  const topic = { accept: 'accepted', finish: 'finished', refuse: 'refused' }[what] ?? 'expired'
  tell(person.id, { type: 'notice', topic: `visit.${topic}.v1`, subject: visit.id, sequence: visit.version })
  return visit
}

function matched(method, path) {
  for (const [wanted, pattern, handle, access] of routes) {
    const names = []
    const match = new RegExp(`^${pattern.replace(/:(\w+)/g, (_, name) => (names.push(name), '([^/]+)'))}$`).exec(path)
    if (wanted === method && match) return { handle, access, at: Object.fromEntries(names.map((name, n) => [name, decodeURIComponent(match[n + 1])])) }
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
  else if (!me && route.access !== 'open' && !/codes|patient-sessions|refresh|sign-out/.test(url.pathname)) answer = refused(401, 'identity.missing')
  else if (key && keys.has(key)) answer = keys.get(key)
  else answer = route.handle({ request, query: url.searchParams, body: text ? JSON.parse(text) : {}, me, at: route.at })
  if (key) keys.set(key, answer)
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.SLOW_MS ?? 60)))
  response.writeHead(answer.status, { 'content-type': 'application/json', ...(answer.cookie ? { 'set-cookie': answer.cookie } : {}) })
  response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
})

server.on('upgrade', (request, socket) => {
  const me = people.get(tickets.get(new URL(request.url, 'http://localhost').searchParams.get('ticket')))
  if (!me) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
  const line = accept(request, socket, { onText: (text) => hear(me, line, JSON.parse(text)), onClose: () => lines.get(me.id)?.delete(line) })
  lines.set(me.id, (lines.get(me.id) ?? new Set()).add(line))
})

function hear(me, line, frame) {
  if (frame.action === 'hello') line.send({ type: 'welcome', v: 1, heartbeat_seconds: 60, renew_at: iso(Date.now() + 110 * 60_000) })
  if (frame.action === 'ping') line.send({ type: 'pong' })
  if (frame.action === 'read') markRead(me.id, frame.conversation_id, frame.seq)
  if (frame.action !== 'send') return
  const conversation = conversations.get(frame.conversation_id)
  if (frame.content.text.includes('失败')) return line.send({ type: 'error', id: frame.id, code: 'request.schema_broken', facts: {}, request_id: 'req_dev_1' })
  const [patient, doctor] = conversation.members
  const held = conversation.messages.find(({ id }) => id === frame.id)
  const stored = held ?? addMessage(conversation, patient, frame.content.text, frame.id)
  line.send({ type: 'ack', id: frame.id, conversation_id: conversation.id, seq: stored.seq, sent_at: stored.sent_at })
  if (!held) setTimeout(() => {
    markRead(doctor.person_id, conversation.id, stored.seq)
    addMessage(conversation, doctor, `收到：“${frame.content.text}”。我看一下，请稍等。`, newId('doc'))
  }, 1000)
}

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
