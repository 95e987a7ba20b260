import { onScopeDispose, shallowReactive } from 'vue'

import type { StaffWord } from '../words'

/** One key that does something on the page shown. */
export interface Shortcut {
  /** As `KeyboardEvent.key` gives it, letters in lower case. */
  key: string
  words: StaffWord
  act: () => void
  /** False: it does nothing now. */
  when?: () => boolean
}

const active = shallowReactive(new Set<Shortcut>())

/** The shortcuts of the page shown, for the list behind `?`. */
export const shortcuts = active as ReadonlySet<Shortcut>

/** Offers shortcuts while the scope lives. */
export function useShortcuts(offered: Shortcut[]): void {
  for (const one of offered) active.add(one)
  onScopeDispose(() => {
    for (const one of offered) active.delete(one)
  })
}

/** Listens for the whole page; called once, by the frame. */
export function listenForShortcuts(): void {
  window.addEventListener('keydown', onKey)
  onScopeDispose(() => window.removeEventListener('keydown', onKey))
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return
  const target = event.target as HTMLElement
  if (event.key === 'Escape' && isTyping(target) && !inDialog(target)) return target.blur()
  if (isTyping(target) || dialogIsOpen()) return
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  for (const one of [...active].reverse()) {
    if (one.key !== key || one.when?.() === false) continue
    event.preventDefault()
    one.act()
    return
  }
}

function isTyping(element: HTMLElement): boolean {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
}

function inDialog(element: HTMLElement): boolean {
  return element.closest('dialog, [role="dialog"]') !== null
}

function dialogIsOpen(): boolean {
  return [...document.querySelectorAll<HTMLElement>('dialog[open], [role="dialog"][aria-modal="true"]')].some(
    (dialog) => dialog.offsetParent !== null || dialog.matches('dialog[open]'),
  )
}
