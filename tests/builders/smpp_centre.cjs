// An SMPP centre for tests: npm's `smpp` speaks, this says what is answered. Told by lines of JSON, it tells by lines.
const { createRequire } = require('node:module')
const readline = require('node:readline')
const smpp = createRequire(process.argv[2])('smpp')

let mood = { statuses: [], hangsUp: false, hangsUpAfter: -1, state: 'DELIVRD', loses: 0 }
let number = 0
const waiting = []
const left = []
const tell = (told) => process.stdout.write(JSON.stringify(told) + '\n')

function receipt(one) {
  const text = `id:${one} sub:001 dlvrd:001 submit date:2611211429 done date:2611211430 stat:${mood.state} err:000 text:`
  return { esm_class: 4, source_addr: '8613912345678', destination_addr: '1069', short_message: text }
}

function deliver(session) {
  const one = waiting.shift()
  if (one === undefined) return
  if (mood.loses > 0) {
    mood.loses -= 1
    waiting.unshift(one)
    session.destroy()
    return
  }
  session.deliver_sm(receipt(one), (answer) => {
    tell({ event: 'receipt', number: one, status: answer.command_status })
    if (answer.command_status !== 0) left.push(one)
    deliver(session)
  })
}

function submitted(session, pdu) {
  if (mood.hangsUp || mood.hangsUpAfter-- === 0) return session.destroy()
  const status = mood.statuses.shift() ?? 0
  const answer = { command_status: status }
  if (status === 0) {
    number += 1
    answer.message_id = String(number)
    const message = pdu.short_message
    const parts = message.udh ? message.udh[0] : null
    tell({
      event: 'text',
      number: answer.message_id,
      phone: pdu.destination_addr,
      source: pdu.source_addr,
      coding: pdu.data_coding,
      receipt: pdu.registered_delivery,
      payload: pdu.message_payload ? pdu.message_payload.message ?? pdu.message_payload : null,
      text: message.message ?? '',
      part: parts ? [...parts] : null,
    })
    if (pdu.registered_delivery) waiting.push(answer.message_id)
  }
  session.send(pdu.response(answer))
}

const server = smpp.createServer((session) => {
  session.on('error', () => {})
  for (const kind of ['bind_transmitter', 'bind_receiver']) {
    session.on(kind, (pdu) => {
      const known = pdu.system_id === 'hospital' && pdu.password === 'secret'
      session.send(pdu.response({ command_status: known ? 0 : smpp.ESME_RINVPASWD }))
      tell({ event: kind, known, version: pdu.interface_version })
      if (!known || kind === 'bind_transmitter') return
      waiting.push(...left.splice(0))
      session.enquire_link({}, () => { tell({ event: 'alive' }); deliver(session) })
    })
  }
  session.on('submit_sm', (pdu) => submitted(session, pdu))
  session.on('enquire_link', (pdu) => { tell({ event: 'enquired' }); session.send(pdu.response()) })
  session.on('unbind', (pdu) => { tell({ event: 'unbind' }); session.send(pdu.response()); session.close() })
})

server.listen(0, '127.0.0.1', () => tell({ event: 'open', port: server.address().port }))
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const told = JSON.parse(line)
  if (told.begins) { mood = { statuses: [], hangsUp: false, hangsUpAfter: -1, state: 'DELIVRD', loses: 0 }; waiting.length = left.length = 0 }
  Object.assign(mood, told)
  tell({ event: 'told' })
}).on('close', () => process.exit(0))
