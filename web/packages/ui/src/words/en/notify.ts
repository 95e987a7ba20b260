import type { SameNames } from '../words'
import type { notify as chinese } from '../zh/notify'

export const notify: SameNames<typeof chinese> = {
  title: 'Notifications',
  said: 'When you are away, new messages are announced. Notifications never name an illness or a department.',
  push: 'App notifications',
  pushMeaning: 'Tell me when no page is open',
  sms: 'Text messages',
  smsMeaning: 'When no app notification arrived, to {phone}, one an hour at most',
  smsNoPhone: 'The account has no phone number for text messages',
  quiet: 'Quiet at night',
  quietMeaning: 'Nothing in this time; you hear of it in the morning (Beijing time)',
  begins: 'From',
  ends: 'To',
  sameTime: 'It cannot begin and end at the same time.',
  names: 'Show who wrote',
  namesMeaning: 'The name stands on the locked screen; never in text messages',
  example: 'What it looks like',
  exampleWords: 'You have 3 new messages. Open Yunzhen to read.',
  saved: 'Saved',
}
