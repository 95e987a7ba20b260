import type { Connection } from '../connection/connection'
import { ApiError, asApiError } from '../errors'
import type { Api } from '../routes'
import type { AttachmentType, Upload } from '../types'
import type { Outbox } from './outbox'
import { FILE_GONE } from './outgoing'
import type { Outgoing } from './outgoing'
import { shrunk } from './pictures'
import { checksum, PART_REFUSED, putPart, putParts } from './parts'
import type { PutPart } from './parts'

export interface UploadOptions {
  putPart?: PutPart
  /** A picture in the shape in which it is sent. */
  shrink?: (file: Blob) => Promise<Blob>
  random?: () => number
}

const AT_ONCE = 2
const LONGEST_WAIT_MS = 60_000
/** While the hospital checks it: from one look to the next, doubling; a notice makes it sooner. */
const FIRST_LOOK_MS = 2_000
const LONGEST_LOOK_MS = 30_000
/** The hospital keeps no upload that nobody finished: it is asked for anew. */
const FORGOTTEN = 'upload.not_found'

/** Where an upload stands, and what makes it stop. */
interface Run {
  abort: AbortController
  /** Ends the pause it is in, if any. */
  hurry: () => void
}

/**
 * Brings the files of waiting messages to the hospital: shrinks, checks, asks, puts part by part, waits for the
 * verdict. Each step is kept in the outbox, so that a reload carries on with the parts that are missing.
 * Only the tab that holds the line uploads.
 */
export class Uploads {
  private readonly runs = new Map<string, Run>()
  private readonly putPart: PutPart
  private readonly shrink: (file: Blob) => Promise<Blob>
  private readonly random: () => number
  private closed = false
  private readonly stopListening: () => void

  constructor(
    private readonly api: Api['messaging'],
    private readonly connection: Connection,
    private readonly outbox: Outbox,
    options: UploadOptions = {},
  ) {
    this.putPart = options.putPart ?? putPart
    this.shrink = options.shrink ?? shrunk
    this.random = options.random ?? Math.random
    this.stopListening = connection.events.on('notice', ({ topic, subject }) => {
      if (topic.startsWith('upload.')) this.look(subject)
    })
  }

  pushAll(): void {
    for (const entry of this.outbox.all) this.push(entry)
    for (const run of this.runs.values()) run.hurry()
  }

  push(entry: Outgoing): void {
    if (this.closed || !this.connection.leading.get() || !isUnfinished(entry)) return
    if (this.runs.has(entry.id) || this.runs.size >= AT_ONCE) return
    const run: Run = { abort: new AbortController(), hurry: () => undefined }
    this.runs.set(entry.id, run)
    void this.carry(entry.id, run).finally(() => {
      this.runs.delete(entry.id)
      for (const next of this.outbox.all) this.push(next)
    })
  }

  /** The hospital has something to say about an upload. */
  private look(uploadId: string): void {
    const entry = this.outbox.all.find((one) => one.upload?.id === uploadId)
    if (entry) this.runs.get(entry.id)?.hurry()
  }

  /** Its message is gone: the upload goes too. */
  drop(entry: Outgoing): void {
    this.runs.get(entry.id)?.abort.abort()
    const { upload } = entry
    if (!upload?.id || upload.state === 'ready' || !this.connection.leading.get()) return
    this.api.cancelUpload(upload.id).catch(() => undefined) // the hospital clears away what nobody asks for
  }

  /** How a failed message starts once more: an upload that the hospital refused is asked for anew. */
  again(entry: Outgoing): Partial<Outgoing> {
    const { upload } = entry
    if (!upload) return { state: 'waiting', failure: null }
    const refused = entry.failure?.code.startsWith('upload.')
    if (upload.state === 'ready' && !refused) return { state: 'waiting', failure: null, progress: null }
    return { state: 'uploading', failure: null, progress: 0, upload: { ...upload, id: null, state: 'prepared' } }
  }

  /** Another tab uploads now. */
  rest(): void {
    for (const run of this.runs.values()) run.abort.abort()
  }

  close(): void {
    this.closed = true
    this.stopListening()
    this.rest()
  }

  /** Repeats until the upload is ready, refused or dropped. */
  private async carry(id: string, run: Run): Promise<void> {
    for (let tries = 0; !run.abort.signal.aborted; tries += 1) {
      const entry = this.outbox.find(id)
      if (!entry || !isUnfinished(entry)) return
      try {
        await this.step(entry, run)
        tries = -1
      } catch (reason) {
        if (run.abort.signal.aborted) return
        const error = asApiError(reason)
        if (error.code === FORGOTTEN && entry.upload?.id) {
          this.outbox.change(id, { upload: { ...entry.upload, id: null, state: 'prepared' } }) // forgotten: anew
        } else if (!passes(error)) {
          this.fail(id, error)
          return
        }
        const longest = Math.min(LONGEST_WAIT_MS, 2_000 * 2 ** tries)
        await this.pause(run, (error.retryAfterSeconds ?? 0) * 1000 + longest * this.random())
      }
    }
  }

  /** Each step begins with what is kept, and ends with something kept. */
  private async step(entry: Outgoing, run: Run): Promise<void> {
    if (!entry.upload) return
    if (!entry.upload.id) await this.ask(entry, run)
    else if (entry.upload.state === 'checking') await this.await(entry, entry.upload.id, run)
    else await this.bring(entry, await this.api.upload(entry.upload.id), run)
  }

  private async ask(entry: Outgoing, run: Run): Promise<void> {
    const file = await this.fileOf(entry)
    const fit = entry.type === 'image' ? await this.shrink(file) : file
    if (fit !== file) await this.outbox.replaceFile(entry.id, fit)
    const upload = await this.api.askUpload({
      conversation_id: entry.conversation_id,
      type: entry.type as AttachmentType,
      name: entry.upload?.name ?? '',
      size: fit.size,
      media_type: fit.type || 'application/octet-stream',
      sha256: await checksum(fit),
    })
    if (!this.outbox.find(entry.id)) {
      await this.api.cancelUpload(upload.id).catch(() => undefined) // discarded meanwhile
      return
    }
    this.take(entry, upload)
    await this.bring(entry, upload, run)
  }

  /** Puts the parts that are missing, then says that nothing is. */
  private async bring(entry: Outgoing, upload: Upload, run: Run): Promise<void> {
    if (upload.state === 'asked') {
      const file = await this.fileOf(entry)
      const told = (progress: number) => this.outbox.change(entry.id, { progress })
      await putParts(file, upload.parts, this.putPart, told, run.abort.signal)
      this.take(entry, await this.api.finishUpload(upload.id))
    } else this.take(entry, upload)
  }

  private async await(entry: Outgoing, uploadId: string, run: Run): Promise<void> {
    for (let looks = 0; !run.abort.signal.aborted; looks += 1) {
      const upload = await this.api.upload(uploadId)
      if (upload.state !== 'checking') {
        this.take(entry, upload)
        return
      }
      await this.pause(run, Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks) * (0.5 + this.random() / 2))
    }
  }

  /** Keeps what the hospital answered. */
  private take(entry: Outgoing, { id, state, code }: Upload): void {
    const name = entry.upload?.name ?? ''
    if (state === 'refused' || state === 'forgotten') {
      throw new ApiError({ code: state === 'refused' && code ? code : FORGOTTEN, status: 409 })
    }
    const reached = state === 'sent' ? 'ready' : state // sent: its acknowledgement was lost, it comes again
    const shown = reached === 'ready' ? 'waiting' : reached === 'checking' ? 'checking' : 'uploading'
    this.outbox.change(entry.id, {
      upload: { id, name, state: reached },
      state: shown,
      progress: reached === 'asked' ? 0 : null,
    })
  }

  private fail(id: string, { code, facts, requestId }: ApiError): void {
    this.outbox.change(id, { state: 'failed', failure: { code, facts, requestId }, progress: null })
  }

  private async fileOf(entry: Outgoing): Promise<Blob> {
    const file = await this.outbox.file(entry.id)
    if (!file) throw new ApiError({ code: FILE_GONE, status: 410 })
    return file
  }

  private pause(run: Run, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      const end = () => {
        clearTimeout(timer)
        resolve()
      }
      run.hurry = end
      run.abort.signal.addEventListener('abort', end)
    })
  }
}

function isUnfinished(entry: Outgoing): boolean {
  return entry.upload !== null && entry.upload.state !== 'ready' && entry.state !== 'failed'
}

/** Nobody answered, the house was busy, or a link was too old (the step begins again, with fresh ones). */
const PASSING = new Set<string>(['limit.too_many', 'upload.incomplete', PART_REFUSED])

function passes(error: ApiError): boolean {
  return error.passing || PASSING.has(error.code)
}
