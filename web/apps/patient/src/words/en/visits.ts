import type { SameNames } from '@yunzhen/ui'

import type { visits as chinese } from '../zh/visits'

export const visits: SameNames<typeof chinese> = {
  title: 'My visits',
  none: 'No visits yet',
  noneSaid: 'Each of your visits will be kept here.',
  first: 'See a doctor',
  page: {
    title: 'Visit',
    complaint: 'Description',
    patient: 'Patient',
    doctor: 'Doctor',
    course: 'Course',
    applied: 'Requested',
    accepted: 'Accepted by the doctor',
    started: 'Consultation began',
    ended: 'Finished',
    refused: 'Not accepted',
    expired: 'Not answered in time',
    talk: 'Open the conversation',
    readTalk: 'Read the conversation',
    again: 'Consult again',
    other: 'Find another doctor',
  },
  waiting: {
    title: 'Waiting for the doctor',
    ahead: 'Ahead of you',
    people: { one: 'person', other: 'people' },
    next: 'You are next',
    by: 'Answer by',
    left: '{left} left',
    late: 'Any moment now',
    leave: 'You can do something else meanwhile. This page and your messages tell you when the doctor accepts.',
    live: 'Updates by itself',
    changed: { one: 'The queue moved: {n} person ahead', other: 'The queue moved: {n} people ahead' },
  },
  accepted: {
    title: 'The doctor has accepted',
    said: 'You can talk to the doctor now.',
    opening: 'The conversation is being opened.',
  },
  inProgress: { title: 'Consultation in progress', said: 'The doctor answers you in the conversation.' },
  finished: {
    title: 'Summary',
    conclusion: 'Conclusion',
    advice: 'Advice',
    said: 'This is written advice from the doctor. If it gets worse, please go to a hospital.',
  },
  refused: {
    title: 'The doctor did not accept',
    reason: 'Reason',
    words: 'The doctor says',
    said: 'You can choose another doctor; what you wrote is kept.',
  },
  expired: {
    title: 'The request has expired',
    said: 'The doctor did not answer by {time}. Ask again or choose another doctor; what you wrote is kept.',
  },
  moved: 'The visit is now: {state}',
}
