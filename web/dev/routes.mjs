/** The routes of the invented hospital. Development only. */
import { DEPARTMENTS, doctors, faqs, notice, patients, profile } from './people.mjs'
import {
  conversations,
  iso,
  makeVisit,
  newId,
  openConversation,
  people,
  personOf,
  shownConversation,
  tell,
  visits,
} from './store.mjs'

const sms = []
export const tokens = new Map()
export const tickets = new Map()
export const refused = (status, code, facts = {}) => ({ status, body: { code, facts, request_id: `req_dev_${code}` } })
const ok = (body, status = 200) => ({ status, body })

function paged(all, query, most = 100) {
  const from = Number(query.get('cursor') ?? 0)
  const limit = Math.min(Number(query.get('limit') ?? 20), most)
  const to = from + limit
  return ok({ items: all.slice(from, to), cursor: to < all.length ? String(to) : null })
}

function meOf(person) {
  return {
    person_id: person.id,
    name: person.name,
    phone_masked: person.phone.replace(/(\d{3})\d{4}/, '$1****'),
    audience: 'patient',
    role: 'patient',
    organisation_id: null,
    organisation_name: null,
    practitioner_role_id: null,
    title: null,
    department: null,
    permissions: ['visit:apply'],
    preferences: person.preferences,
  }
}

function open(person, request) {
  const token = newId('tok')
  tokens.set(token, person)
  const session = {
    id: newId('ses'),
    audience: 'patient',
    device: request.headers['user-agent'] ?? null,
    ip: '127.0.0.1',
    opened_at: iso(Date.now()),
    last_used_at: iso(Date.now()),
  }
  return { token, session, body: { access_token: token, expires_in_seconds: 600, me: meOf(person) } }
}

function signedIn(person, request) {
  const opened = open(person, request)
  person.current = opened.session.id
  person.sessions.unshift(
    opened.session,
    ...(person.sessions.length
      ? []
      : [
          {
            ...opened.session,
            id: newId('ses'),
            device: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1',
            ip: '223.104.3.18',
            opened_at: iso(Date.now() - 3e8),
            last_used_at: iso(Date.now() - 8e7),
          },
        ]),
  )
  person.signIns.unshift({
    at: iso(Date.now()),
    method: 'code',
    outcome: 'succeeded',
    device: opened.session.device,
    ip: '127.0.0.1',
  })
  if (person.signIns.length < 2)
    person.signIns.push({
      at: iso(Date.now() - 8e7),
      method: 'code',
      outcome: 'refused',
      device: null,
      ip: '223.104.3.18',
    })
  return { ...ok(opened.body), cookie: `refresh_patient=${person.id}; Path=/; HttpOnly; SameSite=Strict` }
}

const items = (kind, contents) =>
  contents.map((content, n) => ({
    id: `${kind}_${n}`,
    kind,
    organisation_id: null,
    version: 1,
    retired: false,
    content,
    changed_at: iso(Date.now()),
  }))
const reference = {
  faqs: items(
    'faqs',
    faqs.map(([question, answer], order) => ({ question, answer, order })),
  ),
  departments: items(
    'departments',
    DEPARTMENTS.map(([code, name], order) => ({ code, name, introduction: '', order })),
  ),
  organisation_profiles: items('organisation_profiles', [profile]),
  consultation_notices: items('consultation_notices', [notice]),
}

/** [method, path, what answers, 'open' when nobody need be signed in] */
export const routes = [
  [
    'POST',
    '/api/identity/codes',
    ({ body }) => {
      sms.unshift({
        id: newId('sms'),
        phone: body.phone,
        text: `【云诊】您的验证码是 123456，5 分钟内有效。`,
        sent_at: iso(Date.now()),
      })
      return ok({ retry_after_seconds: 60, expires_in_seconds: 300 }, 202)
    },
  ],
  [
    'POST',
    '/api/identity/patient-sessions',
    ({ body, request }) =>
      body.code === '123456' ? signedIn(personOf(body.phone), request) : refused(401, 'sign_in.code_wrong'),
  ],
  [
    'POST',
    '/api/identity/sessions/refresh',
    ({ request }) => {
      const person = people.get(/refresh_patient=(\w+)/.exec(request.headers.cookie ?? '')?.[1])
      return person ? ok(open(person, request).body) : refused(401, 'session.over')
    },
  ],
  ['POST', '/api/identity/sign-out', () => ({ status: 204, cookie: 'refresh_patient=; Path=/; Max-Age=0' })],
  ['GET', '/api/identity/me', ({ me }) => ok(meOf(me))],
  [
    'PATCH',
    '/api/identity/me',
    ({ me, body }) => {
      if (body.name) me.name = body.name
      Object.assign(me.preferences, body.preferences ?? {})
      return ok(meOf(me))
    },
  ],
  [
    'GET',
    '/api/identity/sessions',
    ({ me, query }) =>
      paged(
        me.sessions.map((one) => ({ ...one, current: one.id === me.current })),
        query,
      ),
  ],
  [
    'DELETE',
    '/api/identity/sessions/:id',
    ({ me, at }) => {
      me.sessions = me.sessions.filter(({ id }) => id !== at.id)
      return { status: 204 }
    },
  ],
  ['GET', '/api/identity/sign-ins', ({ me, query }) => paged(me.signIns, query)],
  [
    'GET',
    '/api/directory/doctors',
    ({ query }) => {
      const [q, department] = [query.get('q') ?? '', query.get('department')]
      return paged(
        doctors.filter(
          (one) =>
            (!department || one.department === department) &&
            (one.name + one.introduction + one.department).includes(q),
        ),
        query,
      )
    },
    'open',
  ],
  [
    'GET',
    '/api/directory/doctors/:id',
    ({ at }) => {
      const doctor = doctors.find(({ id }) => id === at.id)
      return doctor ? ok(doctor) : refused(404, 'request.not_found')
    },
    'open',
  ],
  ['GET', '/api/directory/reference/:kind', ({ at, query }) => paged(reference[at.kind] ?? [], query), 'open'],
  [
    'GET',
    '/api/consultation/visits',
    ({ me, query }) =>
      paged(
        me.visits.map((id) => visits.get(id)),
        query,
      ),
  ],
  [
    'POST',
    '/api/consultation/visits',
    ({ me, body }) => {
      const open = me.visits
        .map((id) => visits.get(id))
        .find((one) => one.doctor.id === body.doctor_id && ['applied', 'accepted', 'in_progress'].includes(one.state))
      if (open) return refused(409, 'visit.already_open', { visit_id: open.id })
      return ok(
        makeVisit(
          me,
          doctors.find(({ id }) => id === body.doctor_id),
          { complaint: body.complaint, name: body.patient_name },
        ),
        201,
      )
    },
  ],
  [
    'GET',
    '/api/consultation/visits/:id',
    ({ at }) => (visits.has(at.id) ? ok(visits.get(at.id)) : refused(404, 'visit.not_found')),
  ],
  [
    'POST',
    '/api/messaging/tickets',
    ({ me, request }) => {
      const ticket = newId('tkt')
      tickets.set(ticket, me.id)
      return ok(
        {
          ticket,
          url: `ws://${request.headers['x-forwarded-host'] ?? request.headers.host}/socket`,
          expires_in_seconds: 30,
        },
        201,
      )
    },
  ],
  [
    'GET',
    '/api/messaging/conversations',
    ({ me, query }) =>
      paged(
        me.conversations.map((id) => shownConversation(conversations.get(id), me.id)),
        query,
      ),
  ],
  [
    'GET',
    '/api/messaging/conversations/:id',
    ({ me, at }) =>
      conversations.has(at.id)
        ? ok(shownConversation(conversations.get(at.id), me.id))
        : refused(404, 'conversation.not_found'),
  ],
  [
    'GET',
    '/api/messaging/conversations/:id/messages',
    ({ at, query }) => {
      const { messages } = conversations.get(at.id)
      const limit = Math.min(Number(query.get('limit') ?? 50), 100)
      const last_seq = messages.length
      if (query.has('after')) {
        const newer = messages.filter(({ seq }) => seq > Number(query.get('after')))
        return ok({ items: newer.slice(0, limit), complete: newer.length <= limit, last_seq })
      }
      const older = messages.filter(({ seq }) => seq < Number(query.get('before') ?? Infinity))
      return ok({ items: older.slice(-limit), complete: older.length <= limit, last_seq })
    },
  ],
  ['POST', '/api/messaging/conversations/:id/read', ({ me, at, body }) => ok(markRead(me.id, at.id, body.seq))],
  [
    'GET',
    '/sandbox/api/sms',
    ({ query }) => ok({ items: sms.filter(({ phone }) => !query.get('phone') || phone === query.get('phone')) }),
    'open',
  ],
  [
    'GET',
    '/sandbox/api/accounts',
    () => ok({ patients: patients.map(({ phone, name }) => ({ phone, name: name ?? '新用户' })), staff: [] }),
    'open',
  ],
  ['GET', '/config.json', () => ok({ api_base: '/api', profile: 'local' }), 'open'],
  ['POST', '/dev/visits/:id/:act', ({ at }) => ok(act(visits.get(at.id), at.act)), 'open'],
]

export function markRead(personId, conversationId, seq) {
  const conversation = conversations.get(conversationId)
  conversation.read.set(personId, Math.max(seq, conversation.read.get(personId) ?? 0))
  for (const member of conversation.members)
    tell(member.person_id, { type: 'read', conversation_id: conversationId, person_id: personId, seq })
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
    Object.assign(visit, {
      state: 'finished',
      ended_at: now,
      summary: { conclusion: '考虑接触性皮炎。', advice: '避免接触洗涤剂，外用药膏一天两次。' },
    })
    Object.assign(conversations.get(visit.conversation_id), { state: 'closed', closed_at: now })
  } else if (what === 'refuse')
    Object.assign(visit, { state: 'refused', ended_at: now, refusal: { reason: '不在我的专业范围', words: null } })
  else Object.assign(visit, { state: 'expired', ended_at: now })
  const topic = { accept: 'accepted', finish: 'finished', refuse: 'refused' }[what] ?? 'expired'
  tell(person.id, { type: 'notice', topic: `visit.${topic}.v1`, subject: visit.id, sequence: visit.version })
  return visit
}
