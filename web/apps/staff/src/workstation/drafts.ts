import { ref, watch } from 'vue'
import type { Ref } from 'vue'

const PREFIX = 'yunzhen.draft.'

/** Words somebody is still writing, kept in this tab until `clear`: a reload or a sign-in loses nothing. */
export interface Draft<Shape extends object> {
  value: Ref<Shape>
  clear: () => void
}

export function useDraft<Shape extends object>(key: () => string, blank: () => Shape): Draft<Shape> {
  const name = () => PREFIX + key()
  const value = ref(read(name(), blank)) as Ref<Shape>
  watch(key, () => {
    value.value = read(name(), blank)
  })
  watch(
    value,
    (written) => {
      // Nothing written: nothing kept.
      const empty = Object.values(written).every((text) => text === '')
      write(name(), empty ? null : JSON.stringify(written))
    },
    { deep: true },
  )
  return {
    value,
    clear() {
      write(name(), null)
      value.value = blank()
    },
  }
}

/** I signed out: nothing I was writing may stay on this computer. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
  } catch {
    // Storage is closed: nothing was kept.
  }
}

function read<Shape extends object>(name: string, blank: () => Shape): Shape {
  try {
    return { ...blank(), ...(JSON.parse(sessionStorage.getItem(name) ?? '{}') as Partial<Shape>) }
  } catch {
    return blank()
  }
}

function write(name: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, text)
  } catch {
    // Storage is closed: the draft lives as long as the page.
  }
}
