import type { SameNames } from '@yunzhen/ui'

import type { calls as chinese } from '../zh/calls'

export const calls: SameNames<typeof chinese> = {
  calls: {
    invite: 'Invite',
    inviteTitle: 'Invite colleagues to this call',
    inviteSaid: 'They join this call only; the record and the messages stay closed to them.',
    inviteNow: 'Call',
    checked: 'Done',
  },
}
