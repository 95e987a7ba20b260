import { describe, expect, it } from 'vitest'

import { asCsv, isShown } from '../src/tables/columns'
import type { Column } from '../src/tables/columns'

const columns: Column<{ a: string }>[] = [{ key: 'a', title: '名称', text: (row) => row.a }]

describe('an exported table', () => {
  it('opens with Chinese intact, quotes doubled', () => {
    expect(asCsv(columns, [{ a: '说“好”,"是"' }])).toBe('\uFEFF"名称"\r\n"说“好”,""是"""\r\n')
  })

  it.each(['=1+1', '+86', '-2', '@cmd', '\tx'])('keeps %j from running as a formula', (text) => {
    expect(asCsv(columns, [{ a: text }])).toContain(`"'${text}"`)
  })
})

describe('columns', () => {
  it('are shown unless hidden, and as the person turned them', () => {
    const hidden = { ...columns[0]!, hidden: true }
    expect(isShown(columns[0]!, { turned: {}, compact: false })).toBe(true)
    expect(isShown(hidden, { turned: {}, compact: false })).toBe(false)
    expect(isShown(hidden, { turned: { a: true }, compact: false })).toBe(true)
  })
})
