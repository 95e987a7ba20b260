import type { SameNames } from '@yunzhen/ui'

import type { calls as chinese } from '../zh/calls'

export const calls: SameNames<typeof chinese> = {
  calls: {
    invite: 'Invite',
    inviteTitle: 'Invite colleagues to this call',
    inviteSaid: 'They join this call only; the record and the messages stay closed to them.',
    inviteNow: 'Call',
    checked: 'Done',
    quality: {
      title: 'Calls and their quality',
      back: 'Back to the calls',
      more: 'Earlier calls',
      goesOn: 'Goes on now',
      noCalls: 'No calls yet',
      noCallsSaid: 'Calls of this conversation are listed here; open one to see how the network and the picture were.',
      none: 'Nothing was measured',
      noneSaid: 'It was not connected, or too short for the devices to report.',
      whose: 'Whose network',
      chart: 'Line chart of {title}, at most {most} {unit}',
      rates: 'Bit rate and picture changes',
      losses: 'Loss and concealed sound',
      delays: 'Delay and jitter',
      curve: { upLoss: 'Loss sending', downLoss: 'Loss receiving', concealed: 'Concealed', roundTrip: 'Round trip', jitter: 'Jitter', upRate: 'Sent', downRate: 'Received' },
      setUp: 'Set-up time',
      worstLoss: 'Worst loss',
      freezes: 'Freezes',
      limited: 'Picture held back',
      height: 'Picture lines',
      at: 'Time',
      heldBy: 'Held back by',
      held: { none: 'None', other: 'Other', bandwidth: 'Bandwidth', cpu: 'Device' },
      shaded: 'Shaded, with a line at the foot: the picture that was sent was smaller for want of bandwidth or of the device’s power. Upright lines: the picture that came got smaller (↓) or recovered (↑).',
      steps: 'Picture changes',
      stepDown: '{at} the picture that came fell from {from} to {to} lines',
      stepUp: '{at} the picture that came rose from {from} to {to} lines',
      figures: 'Figures every {seconds} seconds',
      ms: '{n} ms',
    },
  },
}
