import type { KindSchema } from '@yunzhen/client'
import { describe, expect, it } from 'vitest'

import { blank, contentOf, differences, faultsOf, fieldsOf, nameOf, refusedFields } from '../src/reference/schema'

const kind: KindSchema = {
  name: 'samples',
  title: { zh: '样例', en: 'Samples' },
  per_organisation: true,
  may_write: true,
  schema: {
    $defs: { Channel: { enum: ['sms', 'inbox'], type: 'string' } },
    properties: {
      code: { title: '代码', 'x-title-en': 'Code', 'x-widget': 'text', type: 'string', minLength: 1, maxLength: 5, pattern: '^[A-Za-z0-9_.-]+$' },
      text: { title: '内容', 'x-title-en': 'Text', 'x-widget': 'textarea', type: 'string', minLength: 2, maxLength: 10 },
      note: { title: '备注', type: 'string', maxLength: 500, default: '' },
      order: { title: '顺序', 'x-widget': 'number', type: 'integer', minimum: 0, maximum: 99, default: 10 },
      channel: { title: '渠道', 'x-widget': 'select', $ref: '#/$defs/Channel' } as never,
      shown: { title: '显示', type: 'boolean', default: true },
      only: { title: '适用于', const: 'text_consultation' },
      until: { title: '截止', anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }], default: null },
    },
    required: ['code', 'text', 'channel'],
  },
}
const fields = fieldsOf(kind)
const good = { ...blank(fields), code: 'A-1', text: '两个字', channel: 'sms' }

describe('a form from a schema', () => {
  it('chooses each control by widget, or by type where none is named', () => {
    expect(Object.fromEntries(fields.map((field) => [field.name, field.widget]))).toEqual({
      code: 'text',
      text: 'textarea',
      note: 'textarea',
      order: 'number',
      channel: 'select',
      shown: 'switch',
      only: 'select',
      until: 'number',
    })
    expect(fields.find((field) => field.name === 'channel')?.choices).toEqual(['sms', 'inbox'])
  })

  it('starts with the standard values, and with the one choice there is', () => {
    expect(blank(fields)).toEqual({
      code: '', text: '', note: '', order: 10, channel: '', shown: true, only: 'text_consultation', until: undefined,
    })
  })

  it('sends trimmed text and leaves out what was left open', () => {
    expect(contentOf(fields, { ...good, code: ' A-1 ' })).toEqual({
      code: 'A-1', text: '两个字', note: '', order: 10, channel: 'sms', shown: true, only: 'text_consultation',
    })
  })

  it('finds nothing wrong with a good form', () => {
    expect(faultsOf(fields, good)).toEqual({})
  })

  it.each([
    [{ code: '' }, { code: { words: 'required' } }],
    [{ code: '   ' }, { code: { words: 'required' } }],
    [{ code: '代码' }, { code: { words: 'patternCode' } }],
    [{ code: 'ABCDEF' }, { code: { words: 'tooLong', n: 5 } }],
    [{ text: '一' }, { text: { words: 'tooShort', n: 2 } }],
    [{ text: '😀'.repeat(10) }, {}],
    [{ order: -1 }, { order: { words: 'tooSmall', n: 0 } }],
    [{ order: 100 }, { order: { words: 'tooLarge', n: 99 } }],
    [{ order: Number.NaN }, { order: { words: 'notANumber' } }],
    [{ channel: '' }, { channel: { words: 'choose' } }],
    [{ until: 0 }, { until: { words: 'tooSmall', n: 1 } }],
  ])('says what is wrong with %j', (change, faults) => {
    expect(faultsOf(fields, { ...good, ...change })).toEqual(faults)
  })

  it('points to the fields that the hospital refused', () => {
    const facts = { fields: [{ field: 'content.code', problem: 'too_long' }, { field: 'order', problem: 'int' }] }
    expect(Object.keys(refusedFields(fields, 'request.schema_broken', facts))).toEqual(['code', 'order'])
    expect(refusedFields(fields, 'reference.code_taken', { field: 'code' })).toEqual({ code: { words: 'taken' } })
    expect(refusedFields(fields, 'request.invalid', { reason: 'not_json' })).toEqual({})
  })

  it('leaves a pattern that browsers do not know to the hospital', () => {
    const odd = fieldsOf({ ...kind, schema: { properties: { a: { type: 'string', pattern: '(?P<year>x' } } } })
    expect(faultsOf(odd, { a: 'y' })).toEqual({})
  })
})

describe('two versions of an item', () => {
  it('differ where their values do, an absent value being an empty one', () => {
    const names = differences(fields, { code: 'A', note: '' }, { code: 'B' }).map((field) => field.name)
    expect(names).toEqual(['code'])
  })

  it('are called by what names them best', () => {
    expect(nameOf({ code: 'X', words: '资料不足' })).toBe('资料不足')
    expect(nameOf({ code: 'X' })).toBe('X')
  })
})
