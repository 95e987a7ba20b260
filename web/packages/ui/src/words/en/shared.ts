import type { shared as chinese } from '../zh/shared'
import type { SameNames } from '../words'
import { calls } from './calls'
import { notify } from './notify'
import { talk } from './talk'

export const shared: SameNames<typeof chinese> = {
  hospital: 'Yunzhen Internet Hospital',
  yes: 'OK',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading',
  more: 'Show more',
  noMore: 'That is all',
  skip: 'Skip to main content',
  newPage: 'Opened: {title}',
  support: {
    code: 'Error code {code}',
    request: 'No. {id}',
    copy: 'Copy for support',
  },
  display: {
    open: 'Display settings',
    short: 'Display',
    title: 'Language and display',
    language: 'Language',
    large: 'Large text',
    largeMeaning: 'Bigger text and buttons',
    contrast: 'High contrast',
    contrastMeaning: 'Black on white, clear outlines',
    kept: 'Takes effect at once and is remembered',
  },
  line: {
    offline: 'You are offline. What is open can still be read',
    connecting: 'Reconnecting…',
    polling: 'Switched to compatible mode: messages come and go as usual',
    back: 'You are back online',
    waiting: { one: '{n} message waiting to be sent', other: '{n} messages waiting to be sent' },
  },
  visit: {
    state: {
      applied: 'Waiting',
      accepted: 'Accepted',
      in_progress: 'In progress',
      finished: 'Finished',
      refused: 'Not accepted',
      expired: 'Expired',
    },
    kind: { text_consultation: 'Text consultation' },
  },
  message: {
    own: 'Me',
    system: 'System message',
    waiting: 'Waiting to be sent',
    uploading: 'Uploading',
    checking: 'Being checked',
    sending: 'Sending',
    sent: 'Delivered',
    failed: 'Not sent',
    resend: 'Send again',
    edit: 'Change',
    newer: { one: '{n} new message', other: '{n} new messages' },
    toEnd: 'Back to the latest',
    unreadFrom: 'New messages',
    history: 'Messages',
  },
  talk,
  calls,
  notify,
}
