/** Where the bytes of attachments come from: pages hand this to the bubbles. */
export type Variant = 'original' | 'display' | 'thumbnail' | 'cover'

/** The address of one variant of the attachment of one message, good for a few minutes. */
export type MediaLink = (seq: number, variant: Variant) => Promise<string>

/** The longest side of a picture in a bubble, px, and the least side that can still be pressed. */
const MOST_PX = 208
const LEAST_PX = 64

/** The box of a picture in a bubble: known before its bytes are there, so nothing jumps. */
export function thumbnailBox(width: number, height: number): { width: number; height: number } {
  if (width <= 0 || height <= 0) return { width: 160, height: 160 }
  const scale = Math.min(1, MOST_PX / Math.max(width, height))
  return {
    width: Math.round(Math.max(LEAST_PX, width * scale)),
    height: Math.round(Math.max(LEAST_PX, height * scale)),
  }
}

/** How wide the bar of a voice message is: its length shows before it is read. `share` of the room there is, 0…1. */
export function voiceShare(milliseconds: number): number {
  const seconds = Math.min(60, Math.max(1, milliseconds / 1000))
  return 0.3 + 0.7 * Math.sqrt((seconds - 1) / 59)
}
