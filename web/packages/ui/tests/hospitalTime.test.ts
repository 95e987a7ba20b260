import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'

import { hospitalNow, takeHospitalTime } from '../src/time/hospitalTime'
import { useNow } from '../src/time/now'
import { saidTime } from '../src/time/said'

const HERE = Date.parse('2026-11-21T06:30:00Z')
const DAY = 86_400_000

describe('the clock on the hospital’s wall', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: HERE })
  })
  afterEach(() => {
    takeHospitalTime(HERE, HERE)
    vi.useRealTimers()
  })

  it('is the device’s own until an answer names another', () => {
    expect(hospitalNow().getTime()).toBe(HERE)
    takeHospitalTime(HERE + 3 * DAY)
    expect(hospitalNow().getTime()).toBe(HERE + 3 * DAY)
    vi.setSystemTime(HERE + 1000)
    expect(hospitalNow().getTime()).toBe(HERE + 3 * DAY + 1000)
  })

  it('does not tremble with the way of the answers', () => {
    takeHospitalTime(HERE - 4_000)
    expect(hospitalNow().getTime()).toBe(HERE)
    takeHospitalTime(HERE + DAY)
    takeHospitalTime(HERE + DAY - 3_000)
    expect(hospitalNow().getTime()).toBe(HERE + DAY)
    takeHospitalTime(HERE + 2_000)
    expect(hospitalNow().getTime()).toBe(HERE)
  })

  it('is not set by nonsense', () => {
    takeHospitalTime(Number.NaN)
    expect(hospitalNow().getTime()).toBe(HERE)
  })

  it('changes what pages say at once', async () => {
    vi.stubGlobal('document', new EventTarget())
    const scope = effectScope()
    const now = scope.run(() => useNow())!
    takeHospitalTime(HERE + DAY)
    await nextTick()
    expect(now.value.getTime()).toBe(HERE + DAY)
    expect(saidTime('2026-11-21T06:05:00Z', { inLanguage: 'zh' })).toBe('昨天 14:05')
    scope.stop()
    vi.unstubAllGlobals()
  })
})
