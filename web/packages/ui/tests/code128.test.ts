import { describe, expect, it } from 'vitest'

import { code128, QUIET } from '../src/parts/code128'

/** Bars and gaps in turn, as one reads them with a ruler. */
function widths(text: string): number[] {
  const { bars } = code128(text)!
  return bars.flatMap((bar, place) => {
    const next = bars[place + 1]
    return next ? [bar.width, next.at - bar.at - bar.width] : [bar.width]
  })
}

describe('code 128', () => {
  it('begins in code set B, checks by weight, and stops', () => {
    // The example of ISO/IEC 15417's check character: A is 33, so 104 + 33 = 137, modulo 103 is 34 (the letter B).
    expect(widths('A').join('')).toBe('211214' + '111323' + '131123' + '2331112')
  })

  it('keeps silence at both ends', () => {
    const { bars, width } = code128('V-12')!
    expect(bars[0]?.at).toBe(QUIET)
    expect(width).toBe(2 * QUIET + 11 * (1 + 4 + 1) + 13)
  })

  it('says nothing of what it has no symbols for', () => {
    expect(code128('卡12')).toBeNull()
    expect(code128('')).toBeNull()
  })
})
