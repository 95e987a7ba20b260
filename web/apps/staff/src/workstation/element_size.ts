import { onBeforeUnmount, onMounted, ref } from 'vue'
import type { Ref, ShallowRef } from 'vue'

/** An element's width in px, followed while the component lives; 0 until it is on the page. */
export function useElementSize(element: Readonly<ShallowRef<HTMLElement | null>>): { width: Ref<number> } {
  const width = ref(0)
  const observer = new ResizeObserver(([entry]) => {
    width.value = entry?.contentRect.width ?? 0
  })
  onMounted(() => {
    if (!element.value) return
    width.value = element.value.clientWidth
    observer.observe(element.value)
  })
  onBeforeUnmount(() => observer.disconnect())
  return { width }
}
