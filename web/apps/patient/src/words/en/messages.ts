import type { SameNames } from '@yunzhen/ui'

import type { messages as chinese } from '../zh/messages'

export const messages: SameNames<typeof chinese> = {
  title: 'Messages',
  none: 'No messages yet',
  noneSaid: 'Once a doctor accepts, your conversation appears here.',
  first: 'See a doctor',
  opened: 'Conversation opened',
  closed: 'Closed',
  own: 'Me: {text}',
  talk: {
    title: 'Conversation',
    write: 'Write to the doctor',
    send: 'Send',
    pin: 'This visit',
    over: 'The visit is finished; no more messages can be sent.',
    summary: 'Read the summary',
    again: 'Consult again',
    start: 'The conversation begins here',
    older: 'Reading older messages',
    olderFailed: 'Older messages could not be read',
    read: 'Read',
    none: 'No messages yet. Say hello to the doctor.',
    from: '{name} says: {text}',
    toUnread: { one: '{n} new message', other: '{n} new messages' },
    tooLong: 'This message is too long; please send it in parts.',
  },
}
