import type { SameNames } from '@yunzhen/ui'

import type { callPage as chinese } from '../zh/callPage'

export const callPage: SameNames<typeof chinese> = {
  title: 'Call',
  said: 'This page rings when your doctor calls. Once they have called, you can ring back.',
  closed: 'This consultation is over; no more calls can be made.',
  keep: 'Keep this page open while you wait.',
}
