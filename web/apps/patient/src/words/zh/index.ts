import { doctors } from './doctors'
import { home } from './home'
import { me } from './me'
import { messages } from './messages'
import { signIn } from './signIn'
import { visits } from './visits'

export const zh = { home, doctors, me, messages, signIn, visits }
