import type { FieldSchema, KindSchema, ReferenceContent, Widget } from '@yunzhen/client'

/** One field of a kind's form, ready to be drawn. Titles are in both languages. */
export interface FormField {
  name: string
  zh: string
  en: string
  /** `date`: a day, as `2026-11-22`. */
  widget: Widget | 'date'
  required: boolean
  choices: (string | number)[]
  /** Words of the choices, where they are not those of every form. */
  said?: Record<string, string>
  /** What helps to fill it in. */
  hint?: string
  standard: unknown
  rules: FieldSchema
}

/** What is wrong with a field: the name of the words in `field.*`, with their facts. */
export interface Fault {
  words: 'required' | 'choose' | 'tooEarly' | 'tooShort' | 'tooLong' | 'tooSmall' | 'tooLarge' | 'notANumber' | 'pattern' | 'patternCode' | 'refused' | 'taken'
  n?: number
}

const CODE_PATTERN = '^[A-Za-z0-9_.-]+$'

/** The fields in the schema's order. `$ref` and “or null” are looked through. */
export function fieldsOf(kind: Pick<KindSchema, 'schema'>): FormField[] {
  const { properties, required = [] } = kind.schema
  return Object.entries(properties).map(([name, declared]) => {
    const rules = plain(declared, kind.schema.$defs ?? {})
    const choices = rules.enum ?? (rules.const !== undefined ? [rules.const] : [])
    return {
      name,
      zh: rules.title ?? name,
      en: rules['x-title-en'] ?? rules.title ?? name,
      widget: rules['x-widget'] ?? widgetFor(rules, choices.length > 0),
      required: required.includes(name),
      choices,
      standard: rules.default,
      rules,
    }
  })
}

/** What a new item's form starts with. */
export function blank(fields: FormField[]): ReferenceContent {
  return Object.fromEntries(fields.map((field) => [field.name, field.standard ?? emptyFor(field)]))
}

/** The form's values as the hospital takes them: trimmed, without what was left open. */
export function contentOf(fields: FormField[], written: ReferenceContent): ReferenceContent {
  const pairs = fields.map((field) => {
    const value = written[field.name]
    return [field.name, typeof value === 'string' ? value.trim() : value] as const
  })
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined && value !== null))
}

export function faultOf(field: FormField, value: unknown): Fault | null {
  if (field.widget === 'switch') return null
  if (value === undefined || value === null || value === '') {
    if (!field.required && !field.rules.minLength) return null
    return { words: field.widget === 'select' ? 'choose' : 'required' }
  }
  if (field.widget === 'number') return numberFault(field.rules, value)
  if (field.widget === 'select') return null
  return textFault(field.rules, String(value).trim(), field.required)
}

export function faultsOf(fields: FormField[], written: ReferenceContent): Record<string, Fault> {
  const faults: Record<string, Fault> = {}
  for (const field of fields) {
    const fault = faultOf(field, written[field.name])
    if (fault) faults[field.name] = fault
  }
  return faults
}

/** What the hospital refused, by field. Its paths are `content.name`, or `name` alone. */
export function refusedFields(fields: FormField[], code: string, facts: Record<string, unknown>): Record<string, Fault> {
  const names = new Set(fields.map((field) => field.name))
  if (code.endsWith('.code_taken') && typeof facts['field'] === 'string') {
    return names.has(facts['field']) ? { [facts['field']]: { words: 'taken' } } : {}
  }
  const told = Array.isArray(facts['fields']) ? (facts['fields'] as { field?: unknown }[]) : []
  const paths = told.flatMap(({ field }) => (typeof field === 'string' ? field.split('.') : []))
  return Object.fromEntries(paths.filter((step) => names.has(step)).map((name) => [name, { words: 'refused' } as Fault]))
}

/** Names of fields in which two contents differ. */
export function differences(fields: FormField[], one: ReferenceContent, other: ReferenceContent): FormField[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? '') === JSON.stringify(b ?? '')
  return fields.filter((field) => !same(one[field.name], other[field.name]))
}

/** Fields by which a row is known: the first of them that a kind has. */
export const NAMING = ['name', 'title', 'words', 'question', 'code', 'text', 'word']

/** What an item is called in sentences: its first text that reads as a name. */
export function nameOf(content: ReferenceContent): string {
  for (const key of NAMING) {
    const value = content[key]
    if (typeof value === 'string' && value) return value
  }
  return ''
}

function plain(declared: FieldSchema & { $ref?: string }, definitions: Record<string, FieldSchema>): FieldSchema {
  const { $ref, anyOf, ...own } = declared
  const referred = $ref ? (definitions[$ref.split('/').at(-1) ?? ''] ?? {}) : {}
  const chosen = anyOf?.find((one) => one.type !== 'null')
  return { ...(chosen ? plain(chosen, definitions) : {}), ...referred, ...own }
}

function widgetFor(rules: FieldSchema, hasChoices: boolean): Widget {
  if (hasChoices) return 'select'
  if (rules.type === 'boolean') return 'switch'
  if (rules.type === 'integer' || rules.type === 'number') return 'number'
  return (rules.maxLength ?? 0) > 200 ? 'textarea' : 'text'
}

function emptyFor(field: FormField): unknown {
  if (field.widget === 'switch') return false
  if (field.widget === 'number') return undefined
  return field.widget === 'select' && field.choices.length === 1 ? field.choices[0] : ''
}

function numberFault(rules: FieldSchema, value: unknown): Fault | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return { words: 'notANumber' }
  if (rules.minimum !== undefined && value < rules.minimum) return { words: 'tooSmall', n: rules.minimum }
  if (rules.maximum !== undefined && value > rules.maximum) return { words: 'tooLarge', n: rules.maximum }
  return null
}

function textFault(rules: FieldSchema, text: string, required: boolean): Fault | null {
  const length = [...text].length
  if (length === 0) return required ? { words: 'required' } : null
  if (rules.minLength !== undefined && length < rules.minLength) return { words: 'tooShort', n: rules.minLength }
  if (rules.maxLength !== undefined && length > rules.maxLength) return { words: 'tooLong', n: rules.maxLength }
  if (rules.pattern !== undefined && !matches(rules.pattern, text)) {
    return { words: rules.pattern === CODE_PATTERN ? 'patternCode' : 'pattern' }
  }
  return null
}

/** A pattern of the server's dialect that browsers do not know is left for the server to judge. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}
