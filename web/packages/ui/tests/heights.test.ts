import { describe, expect, it } from 'vitest'

import { anchorsAt, RowHeights, topOfAnchor, windowOf } from '../src/list/heights'

const keys = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `row-${n + from}`)

function rowsOf(count: number, estimate = 50): RowHeights {
  const rows = new RowHeights(estimate)
  rows.setKeys(keys(count))
  return rows
}

describe('where rows lie', () => {
  it('counts unseen rows with the estimate', () => {
    const rows = rowsOf(2000)
    expect(rows.total).toBe(100_000)
    expect(rows.topOf(1999)).toBe(99_950)
    expect(rows.rowAt(0)).toBe(0)
    expect(rows.rowAt(49.9)).toBe(0)
    expect(rows.rowAt(50)).toBe(1)
    expect(rows.rowAt(1e9)).toBe(1999)
  })

  it('moves everything below a measured row', () => {
    const rows = rowsOf(10)
    expect(rows.topOf(9)).toBe(450)
    expect(rows.measure('row-3', 80)).toBe(true)
    expect(rows.measure('row-3', 80)).toBe(false)
    expect(rows.topOf(3)).toBe(150)
    expect(rows.topOf(4)).toBe(230)
    expect(rows.total).toBe(530)
  })

  it('keeps what it measured when rows come before, and forgets on another width', () => {
    const rows = rowsOf(10)
    rows.measure('row-0', 100)
    rows.setKeys([...keys(5, 100), ...keys(10)])
    expect(rows.topOf(5)).toBe(250)
    expect(rows.topOf(6)).toBe(350)
    rows.forget()
    expect(rows.topOf(6)).toBe(300)
  })

  it('agrees with adding up, whatever happens in whatever order', () => {
    let seed = 7
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    const rows = new RowHeights(40)
    let held: string[] = []
    const real = new Map<string, number>()
    for (let step = 0; step < 400; step += 1) {
      const what = random(4)
      if (what === 0) held = [...keys(random(5), 10_000 + step * 10), ...held]
      else if (what === 1) held = [...held, ...keys(random(5), 20_000 + step * 10)]
      else if (what === 2 && held.length > 0) held = held.filter((_, n) => n !== random(held.length))
      rows.setKeys(held)
      const key = held[random(Math.max(1, held.length))]
      if (key !== undefined) {
        real.set(key, 10 + random(90))
        rows.measure(key, real.get(key) as number)
      }
      const at = random(held.length + 1)
      const sum = held.slice(0, at).reduce((total, one) => total + (real.get(one) ?? 40), 0)
      expect(rows.topOf(at)).toBe(sum)
    }
  })
})

describe('which rows are drawn', () => {
  it('is nothing of nothing and the one of one', () => {
    expect(windowOf(rowsOf(0), 0, 800, 800)).toEqual({ from: 0, to: 0 })
    expect(windowOf(rowsOf(1), 0, 800, 800)).toEqual({ from: 0, to: 1 })
  })

  it('is the view and a margin, never all of 2,000', () => {
    const rows = rowsOf(2000)
    const { from, to } = windowOf(rows, 50_000, 800, 400)
    expect(from).toBe(992)
    expect(to).toBe(1025)
    expect(windowOf(rows, 99_200, 800, 400).to).toBe(2000)
    expect(windowOf(rows, -300, 800, 400).from).toBe(0)
  })
})

describe('the reader’s place', () => {
  it('stays when older rows come before', () => {
    const rows = rowsOf(100)
    const [anchor] = anchorsAt(rows, 1234)
    rows.setKeys([...keys(50, 1000), ...keys(100)])
    expect(topOfAnchor(rows, anchor!)).toBe(1234 + 2500)
  })

  it('is lost only with its row', () => {
    const rows = rowsOf(3)
    const [anchor] = anchorsAt(rows, 60)
    rows.setKeys(['row-0'])
    expect(topOfAnchor(rows, anchor!)).toBeNull()
    expect(anchorsAt(rowsOf(0), 0)).toEqual([])
  })
})
