/*
 * Reads a page as an eye would: every line of text in sight, how large it is, what cuts it off and what it runs into.
 *
 * `tastes` are selectors of texts that are shown in part on purpose, because the whole stands one press away.
 */
(tastes) => {
  const SLACK = 2 // px: rounding, and glyphs that are drawn a little beyond their box
  const found = { lines: [], cut: [], overlaps: [] }
  const unseen = new Map()

  const isUnseen = (element) => {
    if (!element || element === document.documentElement) return false
    if (unseen.has(element)) return unseen.get(element)
    const box = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    const tiny = style.overflow === 'hidden' && box.width <= 1 && box.height <= 1
    const away = box.bottom < 0 && style.position !== 'static' // a skip link before it has the focus
    const result = tiny || away || isUnseen(element.parentElement)
    unseen.set(element, result)
    return result
  }

  /** The top sheet when one is open: what lies under its shade is not read. */
  const root = () => {
    const sheets = [...document.querySelectorAll('dialog[open], .el-overlay')].filter((one) => one.checkVisibility())
    return sheets.at(-1) ?? document.body
  }

  /** Something that is not see-through lies over the text there: a sheet, a pane that opened. */
  const isCovered = (node, x, y) => {
    for (let top = document.elementFromPoint(x, y); top && !top.contains(node); top = top.parentElement) {
      if (/^rgb\(|, 1\)$/.test(getComputedStyle(top).backgroundColor)) return true
    }
    return false
  }

  const clips = (value) => value === 'hidden' || value === 'clip'

  /** What is left of a line within everything around it, and whether something that cannot be scrolled cut it. */
  const within = (box, element) => {
    const left = { ...box }
    let cutBy = null
    let positioned = getComputedStyle(element).position
    for (let around = element; around && around !== document.documentElement; around = around.parentElement) {
      const style = getComputedStyle(around)
      const skipped = positioned === 'absolute' && style.position === 'static' && around !== element
      if (!skipped) {
        const edge = around.getBoundingClientRect()
        for (const [axis, near, far] of [['overflowX', 'left', 'right'], ['overflowY', 'top', 'bottom']]) {
          if (style[axis] === 'visible') continue
          const sticksOut = left[near] < edge[near] - SLACK || left[far] > edge[far] + SLACK
          if (clips(style[axis]) && sticksOut) cutBy ??= around
          left[near] = Math.max(left[near], edge[near])
          left[far] = Math.min(left[far], edge[far])
        }
        positioned = style.position
      }
      if (style.position === 'fixed') break
    }
    return { left, cutBy }
  }

  const said = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
  const nameOf = (element) => {
    const classes = [...element.classList].join('.')
    return element.tagName.toLowerCase() + (classes ? `.${classes}` : '')
  }

  const walker = document.createTreeWalker(root(), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    const element = node.parentElement
    const text = node.textContent.trim()
    if (!text || /^(SCRIPT|STYLE|OPTION|NOSCRIPT)$/.test(element.tagName)) continue
    if (element.closest('.yz-mark')) continue // the end of a name in place of a picture
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || isUnseen(element)) continue
    const taste = tastes.length > 0 && element.closest(tastes.join(','))
    const size = parseFloat(getComputedStyle(element).fontSize)
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const line of range.getClientRects()) {
      if (line.width < 1 || line.height < 1) continue
      // The glyphs themselves: fonts for Chinese give their lines more height than they fill.
      const middle = (line.top + line.bottom) / 2
      const box = { left: line.left, right: line.right, top: middle - size / 2, bottom: middle + size / 2 }
      const { left, cutBy } = within(box, element)
      const control = element.closest('button, [role="button"], [role="tab"]')
      const edge = control?.getBoundingClientRect()
      if (!taste && cutBy) found.cut.push(`“${said(text)}” is cut off by ${nameOf(cutBy)}`)
      else if (!taste && (left.right > innerWidth + SLACK || left.left < -SLACK)) {
        found.cut.push(`“${said(text)}” runs off the page`)
      } else if (!taste && edge && (box.left < edge.left - SLACK || box.right > edge.right + SLACK || box.top < edge.top - SLACK || box.bottom > edge.bottom + SLACK)) {
        found.cut.push(`“${said(text)}” sticks out of ${nameOf(control)}`)
      }
      if (left.right - left.left > 1 && left.bottom - left.top > 1) found.lines.push({ text, size, box: left, node })
    }
  }

  for (const element of root().querySelectorAll('*')) {
    const style = getComputedStyle(element)
    if (style.textOverflow !== 'ellipsis' || element.scrollWidth <= element.clientWidth + 1) continue
    if (tastes.length > 0 && element.closest(tastes.join(','))) continue
    if (element.checkVisibility() && !isUnseen(element)) found.cut.push(`“${said(element.textContent.trim())}” ends in …`)
  }
  for (const field of root().querySelectorAll('input, textarea')) {
    const scrolls = field.tagName === 'TEXTAREA' ? field.scrollHeight > field.clientHeight + SLACK : false
    const style = getComputedStyle(field)
    if (scrolls && clips(style.overflowY)) found.cut.push(`what stands in ${nameOf(field)} is cut off`)
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) found.cut.push('the page scrolls sideways')

  for (const [n, one] of found.lines.entries()) {
    for (const other of found.lines.slice(n + 1)) {
      if (other.node === one.node) continue
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
      if (wide <= SLACK || high <= SLACK) continue
      const x = Math.max(one.box.left, other.box.left) + wide / 2
      const y = Math.max(one.box.top, other.box.top) + high / 2
      if (!isCovered(one.node, x, y) && !isCovered(other.node, x, y)) found.overlaps.push(`“${said(one.text)}” and “${said(other.text)}”`)
    }
  }
  return { ...found, lines: found.lines.map(({ text, size }) => ({ text, size })) }
}
