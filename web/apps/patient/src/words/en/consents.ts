import type { consents as zh } from '../zh/consents'

export const consents: typeof zh = {
  title: 'My consents',
  row: 'Consents',
  of: 'Consents of {name}',
  said: 'You agree to each purpose by itself. You can withdraw at any time, and it stops at once; records that the law keeps are not deleted by that.',
  platform: 'Platform',
  none: 'There is nothing to decide yet',
  states: { asked: 'Not decided', given: 'Agreed', refused: 'Not agreed', withdrawn: 'Withdrawn', over: 'Text changed' },
  purposes: {
    face_recognition: 'Face recognition',
    family_help: 'Help by your family',
    health_data: 'Use of health data',
    his_records: 'Reading earlier visits',
    recording: 'Recording of calls',
  },
  decidedAt: 'Decided on {day}, version {version} was signed',
  read: 'Read the text',
  readOf: 'Read the text: {title}',
  version: 'Version {version}',
  give: 'Agree',
  refuse: 'Do not agree',
  withdraw: 'Withdraw',
  withdrawAsk: 'Withdraw your consent to “{purpose}”?',
  withdrawSaid: 'This purpose stops at once. You can agree again when you need it.',
  kept: 'Saved',
}
