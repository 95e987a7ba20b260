import type { InTwoLanguages } from '@yunzhen/client'
import { language } from '@yunzhen/ui'

import { t } from '../words'
import { en } from '../words/en'
import type { Fault, FormField } from './schema'

/** Names that the hospital gives in both languages, in that of the page. */
export function inLanguage(title: InTwoLanguages): string {
  return title[language.value]
}

export function fieldTitle(field: FormField): string {
  return language.value === 'zh' ? field.zh : field.en
}

export function faultWords(field: FormField, fault: Fault): string {
  return t(`field.${fault.words}`, { field: fieldTitle(field), ...(fault.n === undefined ? {} : { n: fault.n }) })
}

/** A value as people read it: a choice by its word, yes and no, text as it is. */
export function saidValue(field: FormField, value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'reference.yes' : 'reference.no')
  if (value === undefined || value === null || value === '') return ''
  return field.widget === 'select' ? saidChoiceOf(field, value) : String(value)
}

export function saidChoiceOf(field: FormField, choice: unknown): string {
  return field.said?.[String(choice)] ?? saidChoice(String(choice))
}

/** A choice's word where we have one; a choice added later shows as it is. */
export function saidChoice(choice: string): string {
  return choice in en.choice ? t(`choice.${choice as keyof typeof en.choice}`) : choice
}
