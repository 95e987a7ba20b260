import { asApiError, type ApiError, type Page } from '@yunzhen/client'
import { computed, ref, shallowRef, watch } from 'vue'

/** A page may hold fewer rows than asked for and yet go on (searching): read on until something can be shown. */
const ENOUGH = 10
const MOST_AT_ONCE = 40

/**
 * A list read page by page.
 *
 * `more` reads the next page when there is one; `reload` begins again and keeps the old rows until
 * the new ones are here; a change of `depends` (search, filter) does the same. Answers to earlier
 * questions are dropped.
 */
export function usePages<Item>(read: (cursor: string | null) => Promise<Page<Item>>, depends?: () => unknown) {
  const items = shallowRef<readonly Item[]>([])
  const error = shallowRef<ApiError | null>(null)
  const loaded = ref(false)
  const loading = ref(false)
  let cursor: string | null = null
  const complete = ref(false)
  let asked = 0

  async function fetchPage(fromStart: boolean): Promise<void> {
    const mine = (asked += 1)
    loading.value = true
    error.value = null
    try {
      const got: Item[] = []
      let next = fromStart ? null : cursor
      for (let reads = 0; reads < MOST_AT_ONCE; reads += 1) {
        const page: Page<Item> = await read(next)
        if (mine !== asked) return
        got.push(...page.items)
        next = page.cursor
        if (next === null || got.length >= ENOUGH) break
      }
      items.value = fromStart ? got : [...items.value, ...got]
      cursor = next
      complete.value = next === null
      loaded.value = true
    } catch (reason) {
      if (mine === asked) error.value = asApiError(reason)
    } finally {
      if (mine === asked) loading.value = false
    }
  }

  const reload = () => fetchPage(true)
  async function more(): Promise<void> {
    if (loading.value || complete.value || error.value) return
    await fetchPage(!loaded.value)
  }
  const again = () => fetchPage(!loaded.value)

  if (depends) watch(depends, () => void reload())
  void reload()

  const empty = computed(() => loaded.value && complete.value && items.value.length === 0)
  return { items, error, loaded, loading, complete, empty, reload, more, again }
}
