import type { Business, BusinessOff, Terminal } from '@yunzhen/client'

export const BUSINESSES: Business[] = ['platform', 'outpatient', 'consultation', 'nursing', 'checkup', 'telemedicine']
export const TERMINALS: Terminal[] = ['web', 'wechat_official_account', 'wechat_mini_program', 'alipay_mini_program']

/** Whether a business is open there; without a terminal: whether it is not closed everywhere. */
export function isOpen(off: readonly BusinessOff[], business: Business, terminal: Terminal | null): boolean {
  return !off.some((one) => one.business === business && (!one.terminal || one.terminal === terminal))
}

/** Everything that is closed after one switch was turned. Opened everywhere, a business is open at each terminal. */
export function turned(off: readonly BusinessOff[], business: Business, terminal: Terminal | null, on: boolean): BusinessOff[] {
  if (terminal === null) {
    const others = off.filter((one) => one.business !== business)
    return on ? others : [...others, { business, terminal: null }]
  }
  const others = off.filter((one) => one.business !== business || one.terminal !== terminal)
  return on ? others : [...others, { business, terminal }]
}
