import { ApiError, TIMED_OUT, UNREACHABLE } from '../errors'
import type { UploadPart } from '../types'

/** Puts one part where its link says; `told` hears how many bytes are out. Rejects with an ApiError. */
export type PutPart = (
  part: UploadPart,
  bytes: Blob,
  told: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<void>

/** The store did not take a part: its link may be over. Fresh ones are asked for. */
export const PART_REFUSED = 'client.part_refused'

/** Browsers tell the progress of an upload only by XMLHttpRequest; elsewhere there is none to tell. */
export const putPart: PutPart = (part, bytes, told, signal) =>
  typeof XMLHttpRequest === 'undefined' ? putByFetch(part, bytes, signal) : putByRequest(part, bytes, told, signal)

function putByRequest(
  part: UploadPart,
  bytes: Blob,
  told: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    const end = (code: string | null) => {
      signal.removeEventListener('abort', stop)
      if (code) reject(new ApiError({ code }))
      else resolve()
    }
    request.open('PUT', part.url)
    for (const [name, value] of Object.entries(part.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => told(event.loaded)
    request.onload = () => end(request.status < 300 ? null : PART_REFUSED)
    request.onerror = () => end(UNREACHABLE)
    request.onabort = request.ontimeout = () => end(TIMED_OUT)
    signal.addEventListener('abort', stop)
    request.send(bytes)
  })
}

async function putByFetch(part: UploadPart, bytes: Blob, signal: AbortSignal): Promise<void> {
  let answer: Response
  try {
    answer = await fetch(part.url, { method: 'PUT', headers: part.headers, body: bytes, signal })
  } catch {
    throw new ApiError({ code: signal.aborted ? TIMED_OUT : UNREACHABLE })
  }
  if (!answer.ok) throw new ApiError({ code: PART_REFUSED })
}

const PROGRESS_STEP = 0.02

/** Puts those parts of a file that are missing; `told` hears which share of the file is out, 0…1. */
export async function putParts(
  file: Blob,
  parts: readonly UploadPart[],
  put: PutPart,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let done = file.size - parts.reduce((sum, part) => sum + part.size, 0)
  let shown = -1
  const show = (bytes: number) => {
    const share = Math.min(1, (done + bytes) / Math.max(1, file.size))
    if (share - shown < PROGRESS_STEP && share < 1) return
    shown = share
    told(share)
  }
  show(0)
  for (const part of parts) {
    await put(part, file.slice(part.first, part.first + part.size), show, signal)
    done += part.size
    show(0)
  }
}

/** SHA-256 in base64. */
export async function checksum(file: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return btoa(String.fromCharCode(...digest))
}
