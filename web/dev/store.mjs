/** What the invented hospital remembers, until it is stopped. */
import { doctors, linesOf, nameOf, patients } from './people.mjs'

const MINUTE = 60_000
export const people = new Map()
export const conversations = new Map()
export const visits = new Map()
export const lines = new Map() // person id -> Set of sockets
let last = 0

export const iso = (ms) => new Date(ms).toISOString()
export const newId = (prefix) => `${prefix}_${String((last += 1)).padStart(8, '0')}`

export function personOf(phone) {
  const known = [...people.values()].find((person) => person.phone === phone)
  if (known) return known
  const name = patients.find((one) => one.phone === phone)?.name ?? null
  const person = {
    id: newId('per'),
    phone,
    name,
    preferences: { language: 'zh', large_font: false, high_contrast: false },
    sessions: [],
    signIns: [],
    visits: [],
    conversations: [],
  }
  people.set(person.id, person)
  if (phone === '13800000001') furnish(person)
  if (phone === '13800000003') fill(person)
  return person
}

export function makeVisit(person, doctor, { state = 'applied', complaint, name, at = Date.now(), ahead = 2 }) {
  const id = newId('vis')
  const moment = (wanted, ms) => (wanted ? iso(at + ms) : null)
  const talked = ['accepted', 'in_progress', 'finished'].includes(state)
  const over = ['finished', 'refused', 'expired'].includes(state)
  const visit = {
    id,
    kind: 'text_consultation',
    state,
    version: 1,
    organisation_id: 'org_1',
    patient: { person_id: person.id, patient_id: 'pat_1', name: name ?? person.name ?? '未填写' },
    doctor: { id: doctor.id, name: doctor.name, title: doctor.title, department: doctor.department },
    complaint,
    applied_at: iso(at),
    answer_by: iso(at + 120 * MINUTE),
    accepted_at: moment(talked, 9 * MINUTE),
    started_at: moment(state === 'in_progress' || state === 'finished', 10 * MINUTE),
    ended_at: moment(over, (state === 'expired' ? 120 : 40) * MINUTE),
    refusal:
      state === 'refused'
        ? { reason: '需要当面检查', words: '您描述的胸闷需要做心电图，建议今天到医院心内科门诊。' }
        : null,
    summary:
      state === 'finished'
        ? {
            conclusion: '考虑过敏性咳嗽。',
            advice:
              '1. 新装修房间多通风，近两周尽量少住。\n2. 晚上枕头垫高，多喝温水。\n3. 一周不见好，或出现发烧、气喘，请到呼吸内科门诊。',
          }
        : null,
    conversation_id: null,
    ahead: state === 'applied' ? ahead : null,
  }
  visits.set(id, visit)
  person.visits.unshift(id)
  if (talked) openConversation(person, visit, 1)
  return visit
}

export function openConversation(person, visit, count, unread = 0) {
  const doctorMember = { person_id: `per_${visit.doctor.id}`, name: visit.doctor.name, role: 'doctor' }
  const me = { person_id: person.id, name: visit.patient.name, role: 'patient' }
  const id = newId('cnv')
  const start = new Date(visit.accepted_at ?? Date.now()).getTime()
  const step = count > 100 ? 40 * MINUTE : MINUTE
  const first = count > 100 ? Date.now() - count * step : start
  const messages = linesOf(count).map(({ by, text }, n) => ({
    conversation_id: id,
    seq: n + 1,
    id: `seed${String(n).padStart(8, '0')}`,
    sender: by === 'p' ? me : doctorMember,
    type: 'text',
    content: { text },
    sent_at: iso(first + n * step),
  }))
  messages.unshift({
    ...messages[0],
    seq: 0,
    id: null,
    sender: null,
    type: 'system',
    content: { text: '医生已接诊，可以开始对话' },
  })
  messages.forEach((message, n) => (message.seq = n + 1))
  const closed = visit.state === 'finished'
  conversations.set(id, {
    id,
    state: closed ? 'closed' : 'open',
    about: { type: 'visit', id: visit.id },
    members: [me, doctorMember],
    read: new Map([
      [person.id, messages.length - unread],
      [doctorMember.person_id, messages.length],
    ]),
    messages,
    opened_at: iso(first),
    closed_at: closed ? visit.ended_at : null,
  })
  visit.conversation_id = id
  person.conversations.unshift(id)
  return conversations.get(id)
}

export function shownConversation(conversation, personId) {
  const { messages, read, ...rest } = conversation
  const read_seq = read.get(personId) ?? 0
  const unread = messages.filter((one) => one.seq > read_seq && one.sender?.person_id !== personId).length
  return { ...rest, last_seq: messages.length, read_seq, unread, last_message: messages.at(-1) ?? null }
}

export function tell(personId, frame) {
  for (const line of lines.get(personId) ?? []) line.send(frame)
}

export function addMessage(conversation, sender, text, id) {
  const message = {
    conversation_id: conversation.id,
    seq: conversation.messages.length + 1,
    id,
    sender,
    type: sender ? 'text' : 'system',
    content: { text },
    sent_at: iso(Date.now()),
  }
  conversation.messages.push(message)
  for (const member of conversation.members) tell(member.person_id, { type: 'message', message })
  return message
}

function furnish(person) {
  const now = Date.now()
  const day = 24 * 60 * MINUTE
  makeVisit(person, doctors[3], { state: 'expired', complaint: '最近总是头晕，站起来的时候明显。', at: now - 6 * day })
  makeVisit(person, doctors[1], { state: 'refused', complaint: '胸口发闷两天，走快了更明显。', at: now - 4 * day })
  makeVisit(person, doctors[0], {
    state: 'finished',
    complaint: '咳嗽三天，晚上更重，没有发烧，吃过止咳糖浆。',
    at: now - 30 * 60 * MINUTE,
  })
  const talk = makeVisit(person, doctors[2], {
    state: 'in_progress',
    complaint: '血压药吃完了，想问问要不要换药。',
    at: now - 50 * MINUTE,
  })
  conversations.delete(talk.conversation_id)
  person.conversations.shift()
  openConversation(person, talk, 2000, 12)
  makeVisit(person, doctors[7], {
    state: 'applied',
    complaint: '手上起了红疹，很痒，大概一周了，用过炉甘石洗剂没有好转。',
    at: now - 20 * MINUTE,
  })
}

function fill(person) {
  const now = Date.now()
  const states = ['finished', 'refused', 'expired', 'finished', 'finished']
  for (let n = 2000; n > 0; n -= 1) {
    makeVisit({ ...person, name: nameOf(n) }, doctors[n % 50], {
      state: states[n % 5],
      complaint: `第 ${n} 次：复诊，问用药。`,
      at: now - n * 9 * 60 * MINUTE,
    })
  }
}
