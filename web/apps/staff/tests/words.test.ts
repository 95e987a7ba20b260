import { namesIn } from '@yunzhen/ui'
import { describe, expect, it } from 'vitest'

import { deviceWords } from '../src/account/device'
import { en } from '../src/words/en'
import { zh } from '../src/words/zh'

describe('words', () => {
  it('exist in both languages under the same names', () => {
    expect(namesIn(en)).toEqual(namesIn(zh))
  })
})

describe('a device', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0', 'Windows · Edge', false],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile MicroMessenger/8.0', 'iPhone · 微信', true],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/129.0', 'Linux · Chrome', false],
    ['诊室二的电脑', '诊室二的电脑', false],
    ['', '', false],
  ])('%s is called %s', (device, words, phone) => {
    expect(deviceWords(device)).toEqual({ words, phone })
  })
})
