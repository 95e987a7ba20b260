/**
 * Where the rows of a long list lie, when only some of them have been measured.
 *
 * Pure arithmetic in CSS pixels; `WindowedList.vue` draws by it. A row that was not seen yet counts
 * with the estimate. Sums are kept up to the first changed row and continued on demand, so a
 * change near the end of 2,000 rows costs little.
 */
export class RowHeights {
  private keys: readonly string[] = []
  private readonly measured = new Map<string, number>()
  /** tops[n] is where row n begins; correct for n <= known. */
  private tops: number[] = [0]
  private known = 0

  constructor(private readonly estimate: number) {}

  get count(): number {
    return this.keys.length
  }

  /** The rows, in order. What was measured under a key stays with it wherever the row moves. */
  setKeys(keys: readonly string[]): void {
    let same = 0
    while (same < keys.length && same < this.keys.length && keys[same] === this.keys[same]) same += 1
    this.keys = keys
    this.known = Math.min(this.known, same)
  }

  /** Notes a row's real height; true when that is news. */
  measure(key: string, height: number): boolean {
    if (this.measured.get(key) === height) return false
    this.measured.set(key, height)
    const at = this.keys.indexOf(key)
    if (at >= 0) this.known = Math.min(this.known, at)
    return true
  }

  /** All rows change their height: another width or another size of type. */
  forget(): void {
    this.measured.clear()
    this.known = 0
  }

  topOf(row: number): number {
    const wanted = Math.min(Math.max(row, 0), this.count)
    for (let n = this.known; n < wanted; n += 1) {
      this.tops[n + 1] = (this.tops[n] ?? 0) + this.heightOf(n)
    }
    this.known = Math.max(this.known, wanted)
    return this.tops[wanted] ?? 0
  }

  get total(): number {
    return this.topOf(this.count)
  }

  /** The row that lies at this distance from the top; 0 in an empty list. */
  rowAt(distance: number): number {
    this.topOf(this.count)
    let low = 0
    let high = this.count - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.tops[middle] ?? 0) <= distance) low = middle
      else high = middle - 1
    }
    return Math.max(0, low)
  }

  indexOf(key: string): number {
    return this.keys.indexOf(key)
  }

  keyAt(row: number): string | undefined {
    return this.keys[row]
  }

  private heightOf(row: number): number {
    return this.measured.get(this.keys[row] ?? '') ?? this.estimate
  }
}

/** Rows to draw: `from` up to but without `to`. */
export interface Window {
  from: number
  to: number
}

/**
 * Which rows to draw so that the view from `top` to `top + height` and `beyond` pixels on both
 * sides are covered.
 */
export function windowOf(rows: RowHeights, top: number, height: number, beyond: number): Window {
  if (rows.count === 0) return { from: 0, to: 0 }
  const from = rows.rowAt(Math.max(0, top - beyond))
  const to = rows.rowAt(Math.max(0, top + height + beyond)) + 1
  return { from, to: Math.min(to, rows.count) }
}

/** The row that the reader has at the top of the view, and how far it is scrolled into it. */
export interface Anchor {
  key: string
  into: number
}

/**
 * The row at the top and the next ones below it. The first may be gone after a change (the line of a
 * day, when older messages of that day arrive); then the next holds the reader's place.
 */
export function anchorsAt(rows: RowHeights, top: number, count = 4): Anchor[] {
  const first = rows.rowAt(Math.max(0, top))
  const anchors: Anchor[] = []
  for (let row = first; row < Math.min(first + count, rows.count); row += 1) {
    const key = rows.keyAt(row)
    if (key !== undefined) anchors.push({ key, into: top - rows.topOf(row) })
  }
  return anchors
}

/** Where to scroll so that the anchor lies where it lay; null when its row is gone. */
export function topOfAnchor(rows: RowHeights, anchor: Anchor): number | null {
  const row = rows.indexOf(anchor.key)
  return row < 0 ? null : rows.topOf(row) + anchor.into
}
