import { ApiError } from './errors'
import type { Api } from './routes'
import { checksum, putPart, putParts } from './conversations/parts'
import type { PutPart } from './conversations/parts'
import { shrunk } from './conversations/pictures'

export interface ScanSending {
  /** Hears which share is out, 0…1; null while the hospital checks it. */
  told: (share: number | null) => void
  signal: AbortSignal
  put?: PutPart
  shrink?: (file: Blob) => Promise<Blob>
  /** From one look at the check to the next, ms. */
  lookMs?: (looks: number) => number
}

const PICTURE = /^image\//
const FIRST_LOOK_MS = 500
const LONGEST_LOOK_MS = 5_000
const sooner = (looks: number) => Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks)

/**
 * Brings the scan of a paper to the hospital and waits for the verdict; the id of an upload that can be attached.
 * Rejects with an ApiError: of the hospital, or why it does not take the file. What is given up leaves nothing behind.
 */
export async function sendScan(api: Api['messaging'], paperId: string, file: File, sending: ScanSending): Promise<string> {
  const { told, signal, put = putPart, shrink = shrunk, lookMs = sooner } = sending
  const type = PICTURE.test(file.type) ? 'image' : 'file'
  const fit = type === 'image' ? await shrink(file) : file
  const asked = await api.askUpload({
    paper_id: paperId,
    type,
    name: file.name,
    size: fit.size,
    media_type: fit.type || 'application/octet-stream',
    sha256: await checksum(fit),
  })
  try {
    await putParts(fit, asked.parts, put, told, signal)
    told(null)
    let upload = await api.finishUpload(asked.id)
    for (let looks = 0; upload.state === 'checking'; looks += 1) {
      await pause(lookMs(looks), signal)
      upload = await api.upload(asked.id)
    }
    if (upload.state !== 'ready') throw new ApiError({ code: upload.code ?? 'upload.not_found', status: 409 })
    return upload.id
  } catch (reason) {
    await api.cancelUpload(asked.id).catch(() => undefined) // the hospital clears away what nobody asks for
    throw reason
  }
}

/** Rejects with the signal's reason when it is aborted meanwhile. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
