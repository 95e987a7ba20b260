import type { Terminal } from '@yunzhen/client'
import type { LocationQuery } from 'vue-router'

const TERMINALS: readonly Terminal[] = ['web', 'wechat_official_account', 'wechat_mini_program', 'alipay_mini_program']
const KEPT_UNDER = 'yunzhen.patient.place'

/** Whether this is WeChat's own browser; a mini program's window says that it is one, and has its own ways. */
export function inWechat(): boolean {
  return /MicroMessenger/i.test(navigator.userAgent) && !/miniProgram/i.test(navigator.userAgent)
}

/** Where the pages stand: at which terminal, and whose it is. Of the platform when no organisation is named. */
export interface Place {
  terminal: Terminal
  organisation?: string
}

/** Whoever embeds the pages says it in the first address (`?terminal=…&organisation=…`); this window keeps it. */
export function placeOf(query: LocationQuery): Place {
  const terminal = TERMINALS.find((one) => one === query['terminal'])
  if (!terminal) return keptPlace()
  const organisation = query['organisation']
  const place: Place = { terminal, ...(typeof organisation === 'string' ? { organisation } : {}) }
  try {
    sessionStorage.setItem(KEPT_UNDER, JSON.stringify(place))
  } catch {
    // A window that may keep nothing knows it from the address alone.
  }
  return place
}

function keptPlace(): Place {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT_UNDER) ?? 'null')
    if (isPlace(kept)) return kept
  } catch {
    // Nothing kept, or nothing of ours.
  }
  return { terminal: inWechat() ? 'wechat_official_account' : 'web' }
}

function isPlace(kept: unknown): kept is Place {
  if (typeof kept !== 'object' || kept === null || !('terminal' in kept)) return false
  const isKnown = TERMINALS.some((one) => one === kept.terminal)
  return isKnown && (!('organisation' in kept) || typeof kept.organisation === 'string')
}
