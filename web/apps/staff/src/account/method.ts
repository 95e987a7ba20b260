/** How somebody signed in, in words. */
import type { SignIn } from '@yunzhen/client'

import { t } from '../words'

const WORDS = {
  password: 'account.byPassword',
  code: 'account.byCode',
  totp: 'account.byApp',
  recovery_code: 'account.byPaper',
  wechat: 'account.byWechat',
} as const

export function saidMethod(method: SignIn['method']): string {
  return t(WORDS[method])
}
