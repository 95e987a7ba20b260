import type { ReferenceItem } from '@yunzhen/client'

import type { KeptByEach, OfOrganisation } from '../../reading/organisations'

export type Faq = KeptByEach['faqs']

export interface FaqGroup {
  id: string
  /** null: what all organisations say alike. */
  name: string | null
  faqs: ReferenceItem<Faq>[]
}

/** What every organisation answers in the same words stands once, first; then what is each one's own. */
export function faqGroups(kept: OfOrganisation<Faq>[]): FaqGroup[] {
  const answering = kept.filter(({ items }) => items.length > 0)
  const [first] = answering
  if (!first) return []
  const sameAs = (one: ReferenceItem<Faq>) => (other: ReferenceItem<Faq>) =>
    other.content.question === one.content.question && other.content.answer === one.content.answer
  const everywhere = first.items.filter((one) => answering.every(({ items }) => items.some(sameAs(one))))
  const own = answering.map(({ organisation, items }) => ({
    id: organisation.id,
    name: organisation.name,
    faqs: items.filter((one) => !everywhere.some(sameAs(one))),
  }))
  return [{ id: 'all', name: null, faqs: everywhere }, ...own].filter(({ faqs }) => faqs.length > 0)
}
