/** The look, the words and the building blocks that both apps share. Knows no component library. */
export { default as ChatBubble } from './list/ChatBubble.vue'
export { conversationRows } from './list/conversation'
export type { ConversationRow, RowChoice, ShownMessage, ShownOutgoing } from './list/conversation'
export { default as SystemLine } from './list/SystemLine.vue'
export { default as WindowedList } from './list/WindowedList.vue'
export { initialsOf, maskName, maskPhone } from './masking'
export { announce } from './parts/announce'
export { default as AppBar } from './parts/AppBar.vue'
export { default as AppIcon } from './parts/AppIcon.vue'
export { default as DisplayButton } from './parts/DisplayButton.vue'
export { default as DisplaySwitches } from './parts/DisplaySwitches.vue'
export { default as EmptyState } from './parts/EmptyState.vue'
export { default as ErrorNotice } from './parts/ErrorNotice.vue'
export type { ShownError } from './parts/ErrorNotice.vue'
export type { IconName } from './parts/icons'
export { default as LiveRegion } from './parts/LiveRegion.vue'
export { default as LoadingRows } from './parts/LoadingRows.vue'
export { default as OfflineBar } from './parts/OfflineBar.vue'
export { default as OnOffSwitch } from './parts/OnOffSwitch.vue'
export { default as PersonMark } from './parts/PersonMark.vue'
export { default as SideSheet } from './parts/SideSheet.vue'
export { default as SkipLink } from './parts/SkipLink.vue'
export { default as StatusTag } from './parts/StatusTag.vue'
export type { Tone } from './parts/StatusTag.vue'
export { visitStateShown } from './parts/visitState'
export { followAccount, onPreferencesChanged, preferences, setPreferences } from './preferences'
export type { Preferences, PreferencesAccount } from './preferences'
export { hospitalNow, takeHospitalTime } from './time/hospitalTime'
export { useNow } from './time/now'
export {
  dayKey,
  partOfDay,
  saidClock,
  saidDate,
  saidDay,
  saidDuration,
  saidShort,
  saidTime,
  secondsUntil,
} from './time/said'
export { errorWords } from './words/errors'
export type { ErrorWords } from './words/errors'
export { language } from './words/language'
export type { Language } from './words/language'
export { tShared } from './words/shared'
export { fill, namesIn, wordsOf } from './words/words'
export type { SameNames, Say, WordTree } from './words/words'
