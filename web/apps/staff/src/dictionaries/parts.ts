/** Bytes of one request's part: no larger one is taken (`part_bytes` of an import). */
const PART_BYTES = 150_000

/** How many parts a file has. */
export function partsOf(size: number): number {
  return Math.max(1, Math.ceil(size / PART_BYTES))
}

/** The part of a file with that number, from 1, in base64. */
export async function partOf(file: Blob, number: number): Promise<string> {
  const bytes = new Uint8Array(await file.slice((number - 1) * PART_BYTES, number * PART_BYTES).arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

/** The bytes that a text in base64 stands for. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
