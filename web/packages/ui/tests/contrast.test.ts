import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

/** The contrast of all tokens, read from the stylesheet itself. */
const css = readFileSync(fileURLToPath(new URL('../src/themes/tokens.css', import.meta.url)), 'utf8')

function tokensOf(selector: string): Record<string, string> {
  const block = css.split(`${selector} {`)[1]?.split('\n}')[0] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--yz-([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  )
}

const normal = tokensOf(':root')
const high = { ...normal, ...tokensOf(':root[data-contrast="high"]') }

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const MEANINGS = ['accent', 'danger', 'warning', 'success', 'information', 'neutral']
const GROUNDS = ['page', 'card']
/** [text, ground] */
const TEXTS: [string, string][] = [
  ...GROUNDS.flatMap((ground): [string, string][] =>
    ['ink', 'ink-soft', 'accent', 'accent-on-tint', 'danger', 'high', 'low'].map((text) => [text, ground]),
  ),
  ...MEANINGS.map((name): [string, string] => [`${name}-on-tint`, `${name}-tint`]),
  ...MEANINGS.map((name): [string, string] => ['ink', `${name}-tint`]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-pressed'],
  ['ink', 'bubble-own'],
  ['ink', 'bubble-other'],
  ['ink-soft', 'neutral-tint'],
  ...['call-ground', 'call-tile', 'call-control', 'call-answer', 'call-hang-up'].map((ground): [string, string] => ['call-ink', ground]),
  ...['call-ground', 'call-tile'].map((ground): [string, string] => ['call-ink-soft', ground]),
]
const EDGES: [string, string][] = GROUNDS.flatMap((ground): [string, string][] => [
  ['outline', ground],
  ['focus', ground],
  ['accent', ground],
])

describe.each([
  { mode: 'normal', tokens: normal, text: 4.5, edge: 3 },
  { mode: 'high contrast', tokens: high, text: 7, edge: 4.5 },
])('contrast in $mode', ({ tokens, text: leastText, edge: leastEdge }) => {
  it.each(TEXTS)('%s on %s can be read', (text, ground) => {
    expect(contrast(tokens[text]!, tokens[ground]!)).toBeGreaterThanOrEqual(leastText)
  })

  it.each(EDGES)('%s on %s can be seen', (edge, ground) => {
    expect(contrast(tokens[edge]!, tokens[ground]!)).toBeGreaterThanOrEqual(leastEdge)
  })
})
