import { describe, expect, it } from 'vitest'

import { shared as english } from '../src/words/en/shared'
import { errorWords } from '../src/words/errors'
import errorsEn from '../src/words/errors.en.json'
import errorsZh from '../src/words/errors.zh.json'
import { namesIn, wordsOf } from '../src/words/words'
import { shared as chinese } from '../src/words/zh/shared'

const placesIn = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('words', () => {
  const { t } = wordsOf({
    zh: { row: { rows: '{n} 行' }, hello: '{name}，您好' },
    en: { row: { rows: { one: '{n} row', other: '{n} rows' } }, hello: 'Hello {name}' },
  })

  it('fills facts in and counts', () => {
    expect(t('hello', { name: '王秀兰' }, 'zh')).toBe('王秀兰，您好')
    expect(t('row.rows', { n: 1 }, 'en')).toBe('1 row')
    expect(t('row.rows', { n: 0 }, 'en')).toBe('0 rows')
    expect(t('row.rows', { n: 2000 }, 'zh')).toBe('2000 行')
  })

  it('leaves nothing in braces', () => {
    expect(t('hello', {}, 'en')).toBe('Hello ')
  })

  it('have the same names in both languages', () => {
    expect(namesIn(english)).toEqual(namesIn(chinese))
  })
})

describe('words for errors', () => {
  const codes = Object.keys(errorsZh) as (keyof typeof errorsZh)[]

  it('exist for the same codes in both languages', () => {
    expect(Object.keys(errorsEn)).toEqual(codes)
  })

  it.each(codes)('%s says what happened and what to do', (code) => {
    const pairs: [{ said: string; meaning?: string; next: string }, { said: string; meaning?: string; next: string }] =
      [errorsZh[code], errorsEn[code]]
    for (const words of pairs) {
      expect(words.said).toMatch(/[。.]$/)
      expect(words.next).toMatch(/[。.]$/)
      if (words.meaning !== undefined) expect(words.meaning).toMatch(/[。.]$/)
    }
    const [zh, en] = pairs.map((words) => placesIn(Object.values(words).join(' ')))
    expect(en).toEqual(zh)
  })

  it('turn seconds and moments of the facts into words', () => {
    expect(errorWords('sign_in.too_many_codes', { retry_after_seconds: 90 }, 'zh').next).toBe('请等 2 分钟再获取。')
    expect(errorWords('sign_in.too_many_codes', { retry_after_seconds: 40 }, 'en').next).toContain('40 seconds')
  })

  it('say something also without the fact, and for a code of tomorrow', () => {
    expect(errorWords('limit.too_many', {}, 'zh').next).toBe('请等 一会儿再试。')
    expect(errorWords('payment.not_invented_yet', {}, 'en').said).not.toBe('')
  })
})

it('takes no group for a singular and a plural because some of its words have their names', () => {
  const group = { title: '标题', one: '是', other: '不是' }
  const { t } = wordsOf({ zh: { group }, en: { group: { title: 'Title', one: 'Yes', other: 'No' } } })
  expect([t('group.title'), t('group.other', {}, 'en')]).toEqual(['标题', 'No'])
})
