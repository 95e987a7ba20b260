/**
 * The hospital for pages, known to no framework (`@yunzhen/client/vue` is the thin Vue layer).
 *
 *     const hospital = createHospital({ audience: 'patient' })
 *     await hospital.session.restore()
 *     if (!hospital.session.me) await hospital.session.signInAsPatient(phone, code)
 *     const talks = hospital.conversations.get()!
 *     await talks.refresh()
 *     const id = talks.list.get().items[0]!.id
 *     talks.view(id).subscribe((view) => draw(view.messages, view.outgoing))
 *     await talks.open(id)
 *     talks.send(id, '您好')
 */
export { createApi, readAll } from './routes'
export type { Api, ByIntent, DoctorQuery, LogQuery, MessageQuery, ReferenceQuery } from './routes'
export type { Connection, ConnectionEvents, ConnectionPhase } from './connection/connection'
export type { Transport } from './connection/line'
export { Conversations } from './conversations/conversations'
export type { ListView } from './conversations/list'
export { DISCARDED, FILE_GONE } from './conversations/outgoing'
export type { Draft, Failure, FileFacts, Outcome, Outgoing, Sending } from './conversations/outgoing'
export type { ConversationView, Loading } from './conversations/thread'
export { ApiError, asApiError, OFFLINE, SESSION_OVER, TIMED_OUT, UNREACHABLE, UNREADABLE } from './errors'
export type { Facts } from './errors'
export { createHospital } from './hospital'
export type { Hospital, HospitalOptions } from './hospital'
export { Http } from './http'
export { Intent, newId } from './ids'
export type { BrowserKeys, NotificationApi, NotificationChoice, NotificationSettings } from './notification_routes'
export { PushDevice } from './push_device'
export type { PushState, PushSurroundings, PushWorker } from './push_device'
export { Session } from './session'
export type { SessionState, SignedOutBecause } from './session'
export type { SiteSettings } from './settings'
export { Emitter, Store } from './store'
export type { Readable } from './store'
export type * from './types'
export { textOf } from './wire'
