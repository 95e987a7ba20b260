import { effectScope } from 'vue'
import { expect, test } from 'vitest'

import { asCsv } from '../src/tables/columns'
import { usePaged } from '../src/tables/paged'

/** A log of so many lines, a hundred to a page, that says how far back it was searched. */
function aLog(lines: number) {
  const asked: number[] = []
  const read = async ({ cursor }: { cursor?: string | null }) => {
    const from = Number(cursor ?? 0)
    asked.push(from)
    const items = Array.from({ length: Math.min(100, lines - from) }, (_, at) => from + at)
    const next = from + 100 < lines ? String(from + 100) : null
    return { items, cursor: next, searched_to: `2026-11-${30 - from / 100}` }
  }
  const paged = effectScope().run(() => usePaged<number>(read, () => 0))!
  return { paged, asked }
}

test('a file holds all that was asked for, not only what is shown', async () => {
  const { paged } = aLog(250)
  const whole = await paged.whole(1000)
  expect(whole.items).toEqual(Array.from({ length: 250 }, (_, at) => at))
  expect([whole.complete, whole.searchedTo]).toEqual([true, null])
  expect(paged.items.value.length).toBe(100)
})

test('a file that had to stop says where', async () => {
  const { paged } = aLog(1000)
  const whole = await paged.whole(300)
  expect([whole.items.length, whole.complete, whole.searchedTo]).toEqual([300, false, '2026-11-28'])
})

test('exactly as many rows as a file bears are all of them', async () => {
  const { paged } = aLog(300)
  expect(await paged.whole(300)).toMatchObject({ complete: true })
})

test('a search that finds next to nothing ends too', async () => {
  let reads = 0
  const read = async () => ({ items: [], cursor: String((reads += 1)), searched_to: '2026-11-01' })
  const paged = effectScope().run(() => usePaged<number>(read, () => 0))!
  const whole = await paged.whole(300)
  expect([whole.items, whole.complete, reads < 200]).toEqual([[], false, true])
})

test('the last line of a file says what its reader has to know', () => {
  const columns = [{ key: 'n', title: 'N', text: String, share: 1 }]
  expect(asCsv(columns, [1], '=half')).toBe('\uFEFF"N"\r\n"1"\r\n"\'=half"\r\n')
})
