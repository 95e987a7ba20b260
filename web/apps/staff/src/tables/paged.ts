import { asApiError } from '@yunzhen/client'
import type { ApiError, Page, PageQuery } from '@yunzhen/client'
import { ref, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'

/** A search says how far back it came; a plain list says nothing of it. */
type Part<Item> = Page<Item> & { searched_to?: string }

/** A list read page by page along its cursor. */
export interface Paged<Item> {
  items: ShallowRef<Item[]>
  /** Nothing more to read. */
  complete: Ref<boolean>
  /** How far back was searched, of lists that say so. */
  searchedTo: Ref<string | null>
  loaded: Ref<boolean>
  loading: Ref<boolean>
  error: ShallowRef<ApiError | null>
  more: () => Promise<void>
  /** Everything that was asked for, read anew for a file: at most `most` rows, and where it stopped if that is not all. */
  whole: (most: number) => Promise<Whole<Item>>
  /** From the first page again; what is shown stays until the answer comes. */
  reload: () => Promise<void>
}

/** Rows for a file. */
export interface Whole<Item> {
  items: Item[]
  complete: boolean
  searchedTo: string | null
}

const PAGE_SIZE = 100
/** What one file may cost the hospital: requests, each with a budget of its own. */
const READS_OF_A_FILE = 100
/** A page may hold fewer rows than asked for and yet go on (searching): read on until something can be shown. */
const ENOUGH = 20
/** Each page of a search has cost the hospital its budget: after so many the reader decides whether to go on. */
const SEARCHES = 3

/** Starts again whenever what `depends` gives changes; an answer to an earlier question is dropped. */
export function usePaged<Item>(read: (query: PageQuery) => Promise<Part<Item>>, depends: () => unknown): Paged<Item> {
  const items = shallowRef<Item[]>([])
  const [complete, loaded, loading] = [ref(false), ref(false), ref(false)]
  const searchedTo = ref<string | null>(null)
  const error = shallowRef<ApiError | null>(null)
  let cursor: string | null = null
  let question = 0

  async function readPage(first: boolean): Promise<void> {
    const mine = question
    loading.value = true
    try {
      const found: Item[] = []
      let next = first ? null : cursor
      let reached: string | null = null
      let searches = 0
      do {
        const page: Part<Item> = await read({ cursor: next, limit: PAGE_SIZE })
        if (mine !== question) return
        found.push(...page.items)
        next = page.cursor
        reached = page.searched_to ?? null
        searches += reached === null ? 0 : 1
      } while (next !== null && found.length < ENOUGH && searches < SEARCHES)
      items.value = first ? found : [...items.value, ...found]
      cursor = next
      searchedTo.value = reached
      complete.value = next === null
      loaded.value = true
      error.value = null
    } catch (reason) {
      if (mine === question) error.value = asApiError(reason)
    } finally {
      if (mine === question) loading.value = false
    }
  }

  async function reload(): Promise<void> {
    question += 1
    await readPage(true)
  }

  async function more(): Promise<void> {
    if (loading.value || complete.value || !loaded.value) return
    await readPage(false)
  }

  async function whole(most: number): Promise<Whole<Item>> {
    const found: Item[] = []
    let next: string | null = null
    let reached: string | null = null
    let reads = 0
    do {
      const page: Part<Item> = await read({ cursor: next, limit: PAGE_SIZE })
      found.push(...page.items)
      next = page.cursor
      reached = page.searched_to ?? null
      reads += 1
    } while (next !== null && found.length < most && reads < READS_OF_A_FILE)
    const complete = next === null && found.length <= most
    return { items: found.slice(0, most), complete, searchedTo: complete ? null : reached }
  }

  watch(depends, () => {
    loaded.value = false
    items.value = []
    void reload()
  })
  void reload()
  return { items, complete, searchedTo, loaded, loading, error, more, whole, reload }
}
