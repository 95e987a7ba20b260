/**
 * The time in a picture, so that the delay from the sender's canvas to the receiver's eye can be read on the same page.
 *
 * 24 bits of milliseconds as black and white blocks along the upper edge, and below them the same bits inverted: a
 * picture that lost its blocks to the encoder is told apart from one that is late.
 */

const BITS = 24
/** How long until the code begins anew, ms. */
export const ROUND_MS = 2 ** BITS
const ROWS = 2
/** Height of a block, as a share of the picture's width. */
const BLOCK = 1 / BITS

type Drawn = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** Puts the time (ms, whole) into the picture. */
export function drawTime(on: Drawn, width: number, at: number): void {
  const size = width * BLOCK
  for (let bit = 0; bit < BITS; bit++) {
    const set = (Math.floor(at) >>> bit) & 1
    for (let row = 0; row < ROWS; row++) {
      on.fillStyle = set === row ? '#000' : '#fff'
      on.fillRect(bit * size, row * size, size + 1, size + 1)
    }
  }
}

/** How many px from above hold the code. */
export function heightOfCode(width: number): number {
  return Math.ceil(width * BLOCK * ROWS)
}

/** The time in it, ms; null when its blocks contradict each other. */
export function readTime(from: Drawn, width: number): number | null {
  const size = width * BLOCK
  const { data } = from.getImageData(0, 0, width, heightOfCode(width))
  const bright = (bit: number, row: number): boolean => {
    const x = Math.floor((bit + 0.5) * size)
    const y = Math.floor((row + 0.5) * size)
    return (data[(y * width + x) * 4 + 1] ?? 0) > 127
  }
  let at = 0
  for (let bit = 0; bit < BITS; bit++) {
    const set = bright(bit, 0)
    if (set === bright(bit, 1)) return null
    if (set) at += 2 ** bit
  }
  return at
}

/** How long ago that was, ms, across the end of a round. */
export function since(read: number, now: number): number {
  return (((Math.floor(now) - read) % ROUND_MS) + ROUND_MS) % ROUND_MS
}
