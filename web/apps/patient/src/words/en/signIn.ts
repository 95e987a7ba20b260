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
  or: 'or',
  orPhone: 'or sign in with your phone number',
  wechat: 'Sign in with WeChat',
  wechatAsking: 'Asking WeChat who you are…',
  wechatHello: 'Hello, {nick}',
  wechatHelloNobody: 'Hello',
  wechatPhone: 'It is your first time with WeChat: confirm your phone number once. From then on WeChat is enough.',
  wechatBind: 'Confirm and sign in',
  wechatBound: 'You are signed in. Next time WeChat is enough.',
  wechatRefused: 'WeChat did not tell us who you are, so you are not signed in.',
  backToSignIn: 'Back to signing in',
}
