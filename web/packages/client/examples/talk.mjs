/**
 * A conversation in ten lines: signs in, lists my conversations, sends, and shows what comes until somebody answers.
 *
 *     node talk.js http://127.0.0.1:8840/api 13800000000 123456 '您好'
 *
 * In a bundle of its own (`npm run example` builds it), or as it stands in a page.
 */
import { createHospital, textOf } from '@yunzhen/client'

const [api_base, phone, code, words] = process.argv.slice(2)
const hospital = createHospital({ audience: 'patient', settings: async () => ({ api_base, profile: 'example' }) })
const me = await hospital.session.signInAsPatient(phone, code)
const talks = hospital.conversations.get()
await talks.refresh()
for (const { id, unread, last_message } of talks.list.get().items) console.log('listed', id, unread, textOf(last_message))
const { id } = talks.list.get().items[0]
await talks.open(id)
console.log((await talks.send(id, words).outcome).result, 'by', hospital.connection.transport.get())
const answered = new Promise((resolve) => {
  talks.view(id).subscribe(({ messages }) => {
    if (messages.at(-1).sender?.person_id !== me.person_id) resolve(textOf(messages.at(-1)))
  })
})
console.log('received', await answered)
hospital.close()
