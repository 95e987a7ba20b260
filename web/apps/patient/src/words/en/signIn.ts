import type { SameNames } from '@yunzhen/ui'

import type { signIn as chinese } from '../zh/signIn'

export const signIn: SameNames<typeof chinese> = {
  title: 'Sign in',
  said: 'Sign in with your mobile number. The first time, an account is made for you.',
  phone: 'Mobile number',
  phoneWrong: 'Please enter the 11 digits of a mobile number, for example 13800001234.',
  code: 'Code',
  codeHint: '6 digits',
  codeWrong: 'Please enter the 6 digits in the text message.',
  sendCode: 'Send code',
  sendAgain: 'Send again',
  sendIn: 'Again in {n} s',
  sent: 'The code was sent to {phone}. It is good for {left}.',
  submit: 'Sign in',
  next: 'Continue',
  changePhone: 'Use another number',
  doctorsFirst: 'Look at our doctors first',
  over: 'You have been signed out. Please sign in again; what you filled in is kept.',
  needed: 'Sign in to go on.',
}
