import type { SameNames } from '@yunzhen/ui'

import type { home as chinese } from '../zh/home'

export const home: SameNames<typeof chinese> = {
  tabs: { label: 'Main menu', home: 'Home', messages: 'Messages', visits: 'Visits', me: 'Me' },
  unread: { one: '{n} unread', other: '{n} unread' },
  greeting: {
    night: 'It is late, {name}',
    morning: 'Good morning, {name}',
    noon: 'Hello, {name}',
    afternoon: 'Good afternoon, {name}',
    evening: 'Good evening, {name}',
  },
  nameless: 'Hello',
  next: {
    label: 'What happens next',
    start: {
      title: 'How can we help?',
      said: 'Choose a doctor and write down what is wrong. The doctor answers you here.',
      step: 'See a doctor',
    },
    waiting: {
      title: 'Waiting for {doctor}',
      ahead: { one: '{n} person ahead of you', other: '{n} people ahead of you' },
      nobodyAhead: 'You are next',
      by: 'Answer by {time} at the latest',
      step: 'See the queue',
    },
    talk: { title: '{doctor} has accepted', said: 'You can talk to the doctor now.', step: 'Open the conversation' },
    unread: {
      title: { one: '{n} new reply from {doctor}', other: '{n} new replies from {doctor}' },
      said: '',
      step: 'Read',
    },
    finished: {
      title: '{doctor} wrote a summary',
      said: 'The visit is finished. Conclusion and advice are in the summary.',
      step: 'Read the summary',
    },
    refused: {
      title: '{doctor} did not accept',
      said: 'See what the doctor says, or choose another doctor.',
      step: 'See why',
    },
    expired: {
      title: 'Your request has expired',
      said: '{doctor} did not answer in time. You can ask again or choose another doctor.',
      step: 'See details',
    },
  },
  entries: {
    label: 'Often used',
    doctors: 'Find a doctor',
    visits: 'My visits',
    messages: 'My messages',
    help: 'Questions',
  },
  hospital: {
    label: 'Hospital',
    address: 'Address',
    phone: 'Telephone',
    noneTitle: 'Yunzhen Internet Hospital',
    noneSaid: 'The hospital will introduce itself here.',
  },
  help: {
    title: 'Questions and answers',
    none: 'No questions yet',
    noneSaid: 'They appear here once the hospital has written them.',
  },
  lost: {
    title: 'There is no such page',
    said: 'The address may be wrong, or the page has moved.',
    step: 'Go to the home page',
  },
}
