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
export type { DataCopy, DataCopyApi, DataCopyLink } from './data_copy_routes'
export type {
  CardApi,
  CardCode,
  HealthCard,
  HealthCardChannel,
  HealthCards,
  HisCard,
  HisCards,
  HisFile,
  PastVisit,
  PastVisits,
} from './card_routes'
export { missedBy, othersOf } from './calls/call'
export type { CallPhase } from './calls/call'
export { Calls } from './calls/calls'
export type { CallsOptions, CallsView } from './calls/calls'
export type { CallLevel } from './calls/degradation'
export type { MediaSurroundings } from './calls/leg'
export type { Source } from './calls/protocol'
export { MEDIA_LOST } from './calls/room'
export type { Heard, Room, RoomPerson, RoomView } from './calls/room'
export { SHARE_SIZES, ShareModeUnknown, Sources } from './calls/sources'
export type { DevicesOfBrowser, Facing, OwnSources, ShareMode, SourceState } from './calls/sources'
export type {
  Call,
  CallBucket,
  CallJoin,
  CallLine,
  CallMedia,
  CallMember,
  CallMemberState,
  CallOutcome,
  CallSample,
  CallState,
  CallingApi,
  NewCall,
} from './calling_routes'
export type { Connection, ConnectionEvents, ConnectionPhase } from './connection/connection'
export type { Transport } from './connection/line'
export { Conversations } from './conversations/conversations'
export type { ListView } from './conversations/list'
export type {
  EmergencyApi,
  EmergencyDetail,
  EmergencyQuery,
  EmergencyRow,
  EmergencyVerdict,
  OpenedRecord,
  OpenRecord,
  RecordOpening,
} from './emergency_routes'
export { DISCARDED, FILE_GONE } from './conversations/outgoing'
export type { Draft, Failure, FileFacts, Outcome, Outgoing, Sending } from './conversations/outgoing'
export type { ConversationView, Loading } from './conversations/thread'
export { ApiError, asApiError, OFFLINE, SESSION_OVER, TIMED_OUT, UNREACHABLE, UNREADABLE } from './errors'
export type { Facts } from './errors'
export type {
  CodeToAdult,
  Consent,
  ConsentAct,
  ConsentHistory,
  ConsentPurpose,
  ConsentScope,
  ConsentText,
  Family,
  FamilyApi,
  FamilyHelper,
  FamilyMember,
  FamilyRelation,
  GuardianPaperKind,
  NewFamilyMember,
  WaitingChild,
} from './family_routes'
export type { HisSync, HisSyncApi, HisSyncLine, HisSyncTally } from './his_sync_routes'
export { createHospital } from './hospital'
export type { Hospital, HospitalOptions } from './hospital'
export { Http } from './http'
export { Intent, newId } from './ids'
export type {
  BadLine,
  Dictionary,
  DictionaryApi,
  DictionaryEntry,
  DictionaryImport,
  EntryQuery,
  EntryRow,
} from './dictionary_routes'
export type { CardWords, CounterCheck, CounterCode, Identity, LostPhone, RealNameApi } from './identity_routes'
export { createFaceRequests } from './face_requests'
export type { AskedFace, FaceRequests, FaceResult, FaceWish, SystemKey } from './face_requests'
export type { CardReading, CardSide, DoubtfulFace, FaceAction, FaceCheck, FaceFigures, FacePictures, FaceReport, FaceRequest, FaceVerdict, PicturesApi, ReviewedFace, ShownFace } from './picture_routes'
export type {
  SmsApi,
  SmsCounted,
  SmsQuery,
  SmsReportQuery,
  SmsReport,
  SmsSystem,
  SmsSystemKey,
  SentSms,
} from './sms_routes'
export type { BrowserKeys, NotificationApi, NotificationChoice, NotificationSettings } from './notification_routes'
export type {
  Business,
  BusinessOff,
  Department,
  DepartmentContent,
  Organisation,
  OrganisationApi,
  OrganisationContent,
  Service,
  Terminal,
} from './organisation_routes'
export type {
  Blacklisting,
  BlacklistQuery,
  BlacklistReason,
  NewAccount,
  OwnBlacklisting,
  PatientApi,
  PatientChange,
  LikelySame,
  PatientFile,
  PatientSearch,
  SignUpFlow,
  SignUpFlowContent,
} from './patient_routes'
export type { FromWechat, MethodCodeSent, SignInApi, SignInMethods, StandsAt, WechatMethod, WechatShown } from './sign_in_routes'
export type { Colleague, ColleagueQuery } from './messaging_routes'
export { sendScan } from './sending_scan'
export type { ScanSending } from './sending_scan'
export { PushDevice } from './push_device'
export type { PushState, PushSurroundings, PushWorker } from './push_device'
export type {
  NewPaper,
  NewStaff,
  Paper,
  PaperAsked,
  Registration,
  ScanVariant,
  StaffApi,
  StaffContent,
  StaffDetail,
  StaffMember,
  StaffQuery,
  Standing,
  TakenOn,
} from './staff_routes'
export { Session } from './session'
export type { SessionState, SignedOutBecause } from './session'
export type { SiteSettings } from './settings'
export { Emitter, Store } from './store'
export type { Readable } from './store'
export type * from './types'
export { textOf } from './wire'
