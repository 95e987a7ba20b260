import type { pastVisits as zh } from '../zh/pastVisits'

export const pastVisits: typeof zh = {
  title: 'Past visits',
  row: 'Past visits',
  years: 'How far back',
  within: { y1: 'Last year', y3: 'Last 3 years', y10: 'Last 10 years' },
  none: 'No visits in this time',
  noneSaid: 'Visits to the hospital will appear here. Look further back for earlier ones.',
  doctor: 'Seen by {name}',
  diagnoses: 'Diagnosis',
  number: 'Visit number {number}',
  source: 'From the hospital’s own system. If something is wrong, ask at the medical records office.',
}
