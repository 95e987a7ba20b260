import { expect, it } from 'vitest'

import { faqGroups, type Faq } from '../src/pages/help/faqs'
import type { OfOrganisation } from '../src/reading/organisations'

function kept(name: string, faqs: [question: string, answer: string][]): OfOrganisation<Faq> {
  const items = faqs.map(([question, answer], order) => ({
    id: `${name}-${order}`,
    content: { question, answer, order },
  }))
  return { organisation: { id: name, name }, items } as unknown as OfOrganisation<Faq>
}

const shown = (kept: OfOrganisation<Faq>[]) =>
  faqGroups(kept).map(({ name, faqs }) => [name, faqs.map(({ content }) => content.answer)])

it('shows what all say alike once, and the rest under each name', () => {
  expect(
    shown([
      kept('一', [
        ['等多久', '一天'],
        ['地址', '东'],
      ]),
      kept('二', [
        ['地址', '西'],
        ['等多久', '一天'],
      ]),
      kept('三', []),
    ]),
  ).toEqual([
    [null, ['一天']],
    ['一', ['东']],
    ['二', ['西']],
  ])
})

it('needs no names when there is only one that answers', () => {
  expect(shown([kept('一', [['等多久', '一天']]), kept('二', [])])).toEqual([[null, ['一天']]])
  expect(shown([])).toEqual([])
})
