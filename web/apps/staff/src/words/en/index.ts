import { access } from './access'
import { account } from './account'
import { calls } from './calls'
import { consents } from './consents'
import { counter } from './counter'
import { dictionaries } from './dictionaries'
import { emergency } from './emergency'
import { faces } from './faces'
import { frame } from './frame'
import { logs } from './logs'
import { sms } from './sms'
import { organising } from './organising'
import { patients } from './patients'
import { running } from './running'
import { staffing } from './staffing'
import { syncing } from './syncing'
import { tables } from './tables'
import { talks } from './talks'
import { work } from './work'

export const en = {
  ...frame,
  ...work,
  ...talks,
  ...calls,
  ...tables,
  ...logs,
  ...running,
  ...account,
  ...access,
  ...emergency,
  ...staffing,
  ...counter,
  ...faces,
  ...patients,
  ...consents,
  ...organising,
  ...syncing,
  ...dictionaries,
  ...sms,
}
