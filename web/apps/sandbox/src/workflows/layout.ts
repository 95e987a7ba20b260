/** Where the boxes and arrows of a flow go: in rows from the start downwards, long arrows in lanes of their own. */

export interface FlowState {
  name: string
  type: string
  does: string
  within: string | null
  /** Goes on when somebody answers its token. */
  waits: boolean
}

export interface Way {
  from: string
  to: string
  kind: 'next' | 'choice' | 'catch' | 'branch'
  label: string
}

export interface Flow {
  start: string
  states: FlowState[]
  ways: Way[]
}

export interface Placed extends FlowState {
  /** Centre. */
  x: number
  y: number
}

export interface Drawn extends Way {
  path: string
  /** Where the label stands. */
  x: number
  y: number
}

export interface Layout {
  states: Placed[]
  ways: Drawn[]
  width: number
  height: number
}

export const BOX = { width: 208, height: 56 }
const LANE = 28
const GAP = { across: 40, down: 64 }
const EDGE = 24
const SWEEPS = 8

interface Cell {
  key: string
  width: number
  x: number
}

/** A layered drawing: ranks by the longest way from the start, lanes for arrows that pass rows, order by neighbours. */
export function layoutOf(flow: Flow): Layout {
  const forward = withoutCircles(flow)
  const ranks = ranksOf(flow, forward)
  const rows: Cell[][] = []
  const put = (rank: number, cell: Cell) => (rows[rank] ??= []).push(cell)
  for (const state of flow.states) put(ranks.get(state.name) ?? 0, { key: state.name, width: BOX.width, x: 0 })
  const routes = forward.map((way) => routeOf(way, ranks, put))
  arrange(rows, routes)
  return drawn(flow, rows, forward, routes)
}

/** The ways without those that lead back to a state from which they came, so that there is a first row. */
function withoutCircles(flow: Flow): Way[] {
  const kept: Way[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (name: string) => {
    state.set(name, 'open')
    for (const way of flow.ways.filter(({ from }) => from === name)) {
      if (state.get(way.to) === 'open') continue
      kept.push(way)
      if (!state.has(way.to)) visit(way.to)
    }
    state.set(name, 'done')
  }
  visit(flow.start)
  for (const { name } of flow.states) if (!state.has(name)) visit(name)
  return kept
}

function ranksOf(flow: Flow, ways: Way[]): Map<string, number> {
  const ranks = new Map(flow.states.map(({ name }) => [name, 0]))
  for (let round = 0; round < flow.states.length; round++) {
    let moved = false
    for (const { from, to } of ways) {
      const wanted = (ranks.get(from) ?? 0) + 1
      if ((ranks.get(to) ?? 0) < wanted) {
        ranks.set(to, wanted)
        moved = true
      }
    }
    if (!moved) break
  }
  return ranks
}

/** The cells through which a way goes, from its state to the other, with a lane in each row between. */
function routeOf(way: Way, ranks: Map<string, number>, put: (rank: number, cell: Cell) => void): string[] {
  const first = ranks.get(way.from) ?? 0
  const last = ranks.get(way.to) ?? 0
  const route = [way.from]
  for (let rank = first + 1; rank < last; rank++) {
    const key = `${way.from}→${way.to}/${way.kind}/${way.label}@${rank}`
    put(rank, { key, width: LANE, x: 0 })
    route.push(key)
  }
  return [...route, way.to]
}

function arrange(rows: Cell[][], routes: string[][]): void {
  const neighbours = new Map<string, string[]>()
  const meet = (one: string, other: string) => neighbours.set(one, [...(neighbours.get(one) ?? []), other])
  for (const route of routes) {
    route.forEach((key, at) => {
      const following = route[at + 1]
      if (following === undefined) return
      meet(key, following)
      meet(following, key)
    })
  }
  const cells = new Map(rows.flat().map((cell) => [cell.key, cell]))
  for (const row of rows) spread(row)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const order = sweep % 2 === 0 ? rows : [...rows].reverse()
    for (const row of order) {
      const wanted = new Map(row.map((cell) => [cell.key, middleOf(neighbours.get(cell.key) ?? [], cells) ?? cell.x]))
      row.sort((one, other) => wanted.get(one.key)! - wanted.get(other.key)!)
      spread(row, wanted)
    }
  }
}

function middleOf(keys: string[], cells: Map<string, Cell>): number | null {
  if (keys.length === 0) return null
  return keys.reduce((sum, key) => sum + cells.get(key)!.x, 0) / keys.length
}

/** Puts a row's cells beside each other, as near to where they want to be as their order and widths allow. */
function spread(row: Cell[], wanted?: Map<string, number>): void {
  let left = -Infinity
  for (const cell of row) {
    const least = left === -Infinity ? -Infinity : left + GAP.across + cell.width / 2
    cell.x = Math.max(wanted?.get(cell.key) ?? 0, least)
    left = cell.x + cell.width / 2
  }
  // What was pushed to the right is shared by the whole row.
  const pushed = row.reduce((sum, cell) => sum + (cell.x - (wanted?.get(cell.key) ?? 0)), 0) / Math.max(1, row.length)
  for (const cell of row) cell.x -= pushed
}

function drawn(flow: Flow, rows: Cell[][], ways: Way[], routes: string[][]): Layout {
  const all = rows.flat()
  const least = Math.min(...all.map((cell) => cell.x - cell.width / 2))
  const most = Math.max(...all.map((cell) => cell.x + cell.width / 2))
  const places = new Map<string, { x: number; y: number }>()
  rows.forEach((row, rank) => {
    const y = EDGE + BOX.height / 2 + rank * (BOX.height + GAP.down)
    for (const cell of row) places.set(cell.key, { x: cell.x - least + EDGE, y })
  })
  const back = flow.ways.filter((way) => !ways.includes(way)).map((way) => backwards(way, places, most - least + EDGE))
  return {
    states: flow.states.map((state) => ({ ...state, ...places.get(state.name)! })),
    ways: [...ways.map((way, at) => arrow(way, routes[at]!.map((key) => places.get(key)!))), ...back],
    width: most - least + 2 * EDGE + (back.length > 0 ? 48 : 0),
    height: 2 * EDGE + rows.length * BOX.height + (rows.length - 1) * GAP.down,
  }
}

function arrow(way: Way, points: { x: number; y: number }[]): Drawn {
  const half = BOX.height / 2
  const ends = points.map((point, at) => ({
    x: point.x,
    y: at === 0 ? point.y + half : at === points.length - 1 ? point.y - half - 6 : point.y,
  }))
  let path = `M${ends[0]!.x} ${ends[0]!.y}`
  for (let at = 1; at < ends.length; at++) {
    const [a, b] = [ends[at - 1]!, ends[at]!]
    const middle = (a.y + b.y) / 2
    path += ` C${a.x} ${middle} ${b.x} ${middle} ${b.x} ${b.y}`
  }
  const [first, second] = [ends[0]!, ends[1]!]
  return { ...way, path, x: first.x + (second.x - first.x) * 0.62, y: first.y + (second.y - first.y) * 0.62 }
}

/** A way back up runs along the right edge. */
function backwards(way: Way, places: Map<string, { x: number; y: number }>, right: number): Drawn {
  const from = places.get(way.from)!
  const to = places.get(way.to)!
  const side = right + 24
  const half = BOX.width / 2
  const path = `M${from.x + half} ${from.y} C${side} ${from.y} ${side} ${to.y} ${to.x + half + 6} ${to.y}`
  return { ...way, path, x: side - 8, y: (from.y + to.y) / 2 }
}
