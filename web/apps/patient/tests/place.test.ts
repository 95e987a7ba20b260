import { beforeEach, describe, expect, it, vi } from 'vitest'

import { placeOf } from '../src/frame/place'

/** A window's own store, or one that may keep nothing. */
function windowThatKeeps(kept: Map<string, string> | null): void {
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => {
      if (!kept) throw new Error('not allowed')
      return kept.get(name) ?? null
    },
    setItem: (name: string, value: string) => {
      if (!kept) throw new Error('not allowed')
      kept.set(name, value)
    },
  })
}

function insideABrowser(userAgent: string): void {
  vi.stubGlobal('navigator', { userAgent })
}

describe('the place where the pages stand', () => {
  let kept: Map<string, string>
  beforeEach(() => {
    kept = new Map()
    windowThatKeeps(kept)
    insideABrowser('Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile')
  })

  it('is the official account in a window of WeChat, but not in one of a mini program', () => {
    insideABrowser('Mozilla/5.0 (iPhone) MicroMessenger/8.0.50')
    expect(placeOf({})).toEqual({ terminal: 'wechat_official_account' })
    insideABrowser('Mozilla/5.0 (iPhone) MicroMessenger/8.0.50 miniProgram/wx1')
    expect(placeOf({})).toEqual({ terminal: 'web' })
  })

  it('is the web, until an address says otherwise', () => {
    expect(placeOf({})).toEqual({ terminal: 'web' })
  })

  it('is what the first address said, on every page after it', () => {
    const said = { terminal: 'wechat_official_account', organisation: 'org_1' } as const
    expect(placeOf(said)).toEqual(said)
    expect(placeOf({ back: '/visits' })).toEqual(said)
  })

  it('is not one that nobody knows, nor anything that was put in its place', () => {
    expect(placeOf({ terminal: 'fax' })).toEqual({ terminal: 'web' })
    for (const text of ['{"terminal":"fax"}', '{"terminal":"web","organisation":7}', '[]', 'nonsense']) {
      kept.set('yunzhen.patient.place', text)
      expect(placeOf({})).toEqual({ terminal: 'web' })
    }
  })

  it('is known from the address alone where nothing may be kept', () => {
    windowThatKeeps(null)
    expect(placeOf({ terminal: 'alipay_mini_program' })).toEqual({ terminal: 'alipay_mini_program' })
    expect(placeOf({})).toEqual({ terminal: 'web' })
  })
})
