import type { NewPaper, Paper, PaperAsked } from '@yunzhen/client'

import type { Fault, FormField } from '../reference/schema'
import { t } from '../words'

type Rules = FormField['rules']

/** Bytes of a scan; the hospital refuses more. */
export const MOST_SCAN_BYTES = 20_000_000
/** What the file chooser offers. */
export const SCANS = 'image/*,application/pdf'

/** What is written of a paper, among the kinds that are asked of whose it is. */
export function paperFields(asked: readonly PaperAsked[]): FormField[] {
  const said = Object.fromEntries(asked.map((kind) => [kind.id, kind.name]))
  return [
    { ...field('kind_id', t('paper.kind'), true), widget: 'select', choices: Object.keys(said), said },
    field('number', t('paper.number'), true, { minLength: 2, maxLength: 60 }),
    field('issuer', t('paper.issuer'), true, { maxLength: 80 }),
    { ...field('valid_from', t('paper.validFrom')), widget: 'date' },
    { ...field('valid_until', t('paper.validUntil')), widget: 'date', hint: t('paper.validUntilSaid') },
  ]
}

/** What the hospital is told: days that were left open are none. */
export function paperOf(written: Record<string, unknown>): NewPaper {
  const text = (name: string) => String(written[name] ?? '').trim()
  return {
    kind_id: text('kind_id'),
    number: text('number'),
    issuer: text('issuer'),
    valid_from: text('valid_from') || null,
    valid_until: text('valid_until') || null,
  }
}

/** What they are called that must be shown and are not, in one line. */
export function missingOf(asked: readonly PaperAsked[], papers: readonly Paper[]): string {
  const shown = new Set(papers.filter((paper) => paper.state !== 'expired').map((paper) => paper.kind_id))
  return asked.filter((kind) => kind.required && !shown.has(kind.id)).map((kind) => kind.name).join('、')
}

/** A paper does not end before it begins. */
export function orderFaults({ valid_from, valid_until }: NewPaper): Record<string, Fault> {
  return valid_from && valid_until && valid_until < valid_from ? { valid_until: { words: 'tooEarly' } } : {}
}

/** Why a chosen file shows no paper, as words of this page; null: it may. */
export function scanFault(file: { type: string; size: number }): 'paper.wrongType' | 'paper.tooLarge' | null {
  if (file.type !== 'application/pdf' && !file.type.startsWith('image/')) return 'paper.wrongType'
  return file.size > MOST_SCAN_BYTES ? 'paper.tooLarge' : null
}

function field(name: string, title: string, required = false, rules: Rules = {}): FormField {
  return { name, zh: title, en: title, widget: 'text', required, choices: [], standard: undefined, rules }
}
