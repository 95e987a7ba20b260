/** The element that scrolls `element`: itself a scroller's child, or the page. */
export function scrollerOf(element: HTMLElement): HTMLElement {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/(auto|scroll)/.test(getComputedStyle(at).overflowY)) return at
  }
  return document.scrollingElement as HTMLElement
}
