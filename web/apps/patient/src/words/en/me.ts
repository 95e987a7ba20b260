import type { SameNames } from '@yunzhen/ui'

import type { me as chinese } from '../zh/me'

export const me: SameNames<typeof chinese> = {
  title: 'Me',
  nameless: 'No name yet',
  name: {
    row: 'Name',
    title: 'My name',
    label: 'Name',
    hint: 'Doctors and the greeting use this name.',
    wrong: 'Please write 2 to 40 characters.',
    save: 'Save',
    saved: 'Name saved',
    none: 'Not given',
  },
  display: { row: 'Language and display', account: 'These settings follow you to another phone.' },
  devices: {
    row: 'Devices signed in',
    title: 'Devices signed in',
    said: 'If you do not know a device, sign it out at once.',
    current: 'This device',
    used: 'Last used {time}',
    opened: 'Signed in {time}',
    unknown: 'Unknown device',
    end: 'Sign out this device',
    endAsk: 'Sign out “{device}”?',
    endSaid: 'It has to sign in again before it can be used.',
    ended: 'The device was signed out',
    none: 'No other devices',
  },
  signIns: {
    row: 'Sign-in log',
    title: 'Sign-in log',
    said: 'Not you? Sign that device out.',
    succeeded: 'Signed in',
    refused: 'Refused',
    code: 'Text message code',
    password: 'Password',
    none: 'No sign-ins yet',
    noneSaid: 'Each sign-in is noted here.',
  },
  help: 'Questions and answers',
  signOut: 'Sign out',
  signOutAsk: 'Sign out?',
  signOutSaid: 'Next time you sign in again with a text message code.',
  rows: 'Account',
}
