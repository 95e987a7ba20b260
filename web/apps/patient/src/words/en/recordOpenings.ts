export const recordOpenings = {
  title: 'Who opened my record',
  row: 'Who opened my record',
  said: 'These doctors did not treat you and opened your record in an emergency. A privacy officer of the hospital reviews each time.',
  none: 'Nobody opened your record in an emergency',
  noneSaid: 'Only doctors who treat you can see your record. An emergency reading would show here, and you would get a text.',
  reasons: {
    life_in_danger: 'Your life was in danger',
    cannot_answer: 'You could not answer the doctor’s questions',
    severe_reaction: 'There was a severe reaction to a drug',
    taken_over: 'An urgent case was taken over and your doctor could not be reached',
  },
  waits: 'Under review',
  verdicts: { justified: 'Reviewed: justified', not_justified: 'Reviewed: not justified; the hospital acts on it' },
  when: '{from} to {to}',
  question: 'Please contact the hospital with any question.',
}
