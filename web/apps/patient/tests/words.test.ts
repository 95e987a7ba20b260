import { namesIn, type WordTree } from '@yunzhen/ui'
import { expect, it } from 'vitest'

import { en } from '../src/words/en'
import { zh } from '../src/words/zh'

const placesIn = (words: unknown) => [...JSON.stringify(words).matchAll(/\{(\w+)\}/g)].map(([, name]) => name)

function leafAt(tree: WordTree, name: string): unknown {
  return name.split('.').reduce<unknown>((at, part) => (at as WordTree)[part], tree)
}

it('has the same names in both languages', () => {
  expect(namesIn(en as WordTree)).toEqual(namesIn(zh))
})

it.each(namesIn(zh))('%s has the same facts in both languages', (name) => {
  expect(new Set(placesIn(leafAt(en as WordTree, name)))).toEqual(new Set(placesIn(leafAt(zh, name))))
})

it('speaks no English in Chinese and no Chinese in English', () => {
  const chinese = /[\u3400-\u9fff]/
  for (const name of namesIn(en as WordTree))
    expect(JSON.stringify(leafAt(en as WordTree, name)), name).not.toMatch(chinese)
  for (const name of namesIn(zh)) {
    const words = leafAt(zh, name) as string
    if (words !== '' && words !== '{n} / 2000') expect(words, name).toMatch(chinese)
  }
})
