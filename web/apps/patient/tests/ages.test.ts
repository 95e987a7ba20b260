import { describe, expect, it } from 'vitest'

import { isChild } from '../src/pages/family/ages'

const at = (moment: string) => new Date(moment)

describe('who is under 18', () => {
  it('is a child until the day in Beijing on which they are 18', () => {
    const number = '110101200811220024'
    expect(isChild(number, at('2026-11-21T15:59:59Z'))).toBe(true)
    expect(isChild(number, at('2026-11-21T16:00:00Z'))).toBe(false)
  })

  it('of those born on 29 February changes on 1 March', () => {
    expect(isChild('110101200802290024', at('2026-02-28T04:00:00Z'))).toBe(true)
    expect(isChild('110101200802290024', at('2026-03-01T04:00:00Z'))).toBe(false)
  })

  it('asks for no paper while the number is being typed', () => {
    expect(isChild('', at('2026-11-21T04:00:00Z'))).toBe(false)
    expect(isChild('1101012020', at('2026-11-21T04:00:00Z'))).toBe(false)
  })
})
