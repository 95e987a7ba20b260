/** Being sent to WeChat and coming back: what a page keeps in between. */
import type { SignUpFlow } from '@yunzhen/client'

import { inWechat } from '../../frame/place'

const KEPT_UNDER = 'yunzhen.patient.wechat.back'

/** Whether WeChat can be asked here: where the terminal offers it, and its page opens in this browser. */
export function offersWechat(flow: SignUpFlow | null): boolean {
  return !!flow?.wechat && (flow.wechat_opens === 'anywhere' || (flow.wechat_opens === 'in_wechat' && inWechat()))
}

/** Off to WeChat; `back` is where to go after signing in. */
export function leaveFor(address: string, back: unknown): void {
  try {
    sessionStorage.setItem(KEPT_UNDER, typeof back === 'string' ? back : '')
  } catch {
    // A window that may keep nothing begins at home afterwards.
  }
  window.location.assign(address)
}

/** Where to go after signing in, as it was when one left. */
export function keptBack(): string | null {
  try {
    return sessionStorage.getItem(KEPT_UNDER)
  } catch {
    return null
  }
}
