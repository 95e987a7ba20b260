import { callPage } from './callPage'
import { cards } from './cards'
import { consents } from './consents'
import { dataCopies } from './dataCopies'
import { doctors } from './doctors'
import { faceRequest } from './faceRequest'
import { family } from './family'
import { home } from './home'
import { idCamera } from './idCamera'
import { me } from './me'
import { messages } from './messages'
import { pastVisits } from './pastVisits'
import { realName } from './realName'
import { recordOpenings } from './recordOpenings'
import { restrictions } from './restrictions'
import { signIn } from './signIn'
import { signInMethods } from './signInMethods'
import { signUp } from './signUp'
import { visits } from './visits'
import { voice } from './voice'

export const zh = {
  callPage,
  cards,
  consents,
  dataCopies,
  doctors,
  faceRequest,
  family,
  home,
  idCamera,
  me,
  messages,
  pastVisits,
  realName,
  recordOpenings,
  restrictions,
  signIn,
  signInMethods,
  signUp,
  visits,
  voice,
}
