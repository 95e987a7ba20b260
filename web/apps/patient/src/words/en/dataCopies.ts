import type { dataCopies as zh } from '../zh/dataCopies'

export const dataCopies: typeof zh = {
  row: 'A copy of my data',
  title: 'A copy of my data',
  said: 'You can have a copy of what is kept of you here: account and identity, consents, family, cards, visits and what was said, ways to sign in and sign-ins, texts sent to you, who opened your record. Pictures of faces are kept during a check only, and are not in it.',
  whose: 'Whose',
  self: 'Mine',
  of: 'Copy for {name}',
  own: 'My own copy',
  ask: 'Ask for a copy',
  oneADay: 'One a day for each person. A text tells you when it is ready; it is kept for three days.',
  none: 'Not asked for yet',
  states: { gathering: 'Being gathered', ready: 'Ready', stopped: 'Stopped', gone: 'Over' },
  progress: '{step} of {steps} done',
  askedAt: 'Asked for: {time}',
  until: 'Kept until {time}, {size}',
  stopped: 'You are no guardian any more, so this copy was not finished.',
  gone: 'Three days are over and the file was deleted. Ask again if you need it.',
  save: 'Download',
  careful: 'The file holds your health and ID number: keep it where only you can open it.',
}
