import { describe, expect, it } from 'vitest'

import { BOX, layoutOf } from '../src/workflows/layout'
import type { Flow, Way } from '../src/workflows/layout'

function flowOf(start: string, ways: string[]): Flow {
  const names = new Set([start])
  const drawn: Way[] = ways.map((way) => {
    const [from, to] = way.split('>') as [string, string]
    names.add(from)
    names.add(to)
    return { from, to, kind: 'next', label: '' }
  })
  return { start, ways: drawn, states: [...names].map((name) => ({ name, type: 'Task', does: '', within: null, waits: false })) }
}

const FLOWS: Record<string, Flow> = {
  'a single state': flowOf('A', []),
  'a line': flowOf('A', ['A>B', 'B>C']),
  'a choice that meets again': flowOf('A', ['A>B', 'A>C', 'B>D', 'C>D']),
  'a way past several rows': flowOf('A', ['A>B', 'B>C', 'C>D', 'A>D', 'B>D']),
  'a way back': flowOf('A', ['A>B', 'B>C', 'C>A', 'B>D']),
  'a state that waits for itself': flowOf('A', ['A>A', 'A>B']),
  'many at once': flowOf('A', ['A>B', 'A>C', 'A>D', 'A>E', 'A>F', 'B>G', 'C>G', 'D>G', 'E>G', 'F>G']),
}

describe.each(Object.entries(FLOWS))('%s', (_, flow) => {
  const layout = layoutOf(flow)

  it('draws every state and every way once, inside the picture', () => {
    expect(layout.states.map(({ name }) => name).sort()).toEqual(flow.states.map(({ name }) => name).sort())
    expect(layout.ways).toHaveLength(flow.ways.length)
    for (const { x, y } of layout.states) {
      expect(x - BOX.width / 2).toBeGreaterThanOrEqual(0)
      expect(x + BOX.width / 2).toBeLessThanOrEqual(layout.width)
      expect(y - BOX.height / 2).toBeGreaterThanOrEqual(0)
      expect(y + BOX.height / 2).toBeLessThanOrEqual(layout.height)
    }
    for (const { path } of layout.ways) expect(path).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('lays no state over another', () => {
    for (const one of layout.states) {
      for (const other of layout.states) {
        if (one === other) continue
        const apart = Math.abs(one.x - other.x) >= BOX.width || Math.abs(one.y - other.y) >= BOX.height
        expect(apart, `${one.name} and ${other.name}`).toBe(true)
      }
    }
  })

  it('begins at the top', () => {
    const first = layout.states.find(({ name }) => name === flow.start)!
    expect(Math.min(...layout.states.map(({ y }) => y))).toBe(first.y)
  })
})
