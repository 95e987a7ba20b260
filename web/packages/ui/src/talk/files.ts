/** What is sent with a message besides words, and how large it may be. */
export type AttachmentType = 'image' | 'voice' | 'video' | 'file'

/** Bytes; the hospital refuses more. */
export const MOST_BYTES: Readonly<Record<AttachmentType, number>> = {
  image: 20_000_000,
  voice: 2_000_000,
  video: 50_000_000,
  file: 50_000_000,
}
export const LONGEST_VIDEO_MS = 60_000
export const LONGEST_VOICE_MS = 60_000

/** Something chosen, pasted or dropped, ready to be sent: what it is, and what readers need before its bytes. */
export interface Attachment {
  type: AttachmentType
  file: Blob
  name: string
  facts: { width?: number; height?: number; milliseconds?: number }
}

/** Why it cannot be sent: a name among the words of `talk.wrong`. */
export type Wrong = 'empty' | 'large_image' | 'large_video' | 'large_file' | 'long_video'

const PICTURES = /^image\/(png|jpeg|webp|gif|bmp|heic|heif|avif)$/
const FILMS = /^video\/(mp4|webm|quicktime|3gpp)$/

/** A picture or a film by what the device says it is; everything else travels as a file. */
export function typeOf(file: Blob, as?: AttachmentType): AttachmentType {
  if (as) return as
  if (PICTURES.test(file.type)) return 'image'
  return FILMS.test(file.type) ? 'video' : 'file'
}

export function wrongWith({ type, file, facts }: Attachment): Wrong | null {
  if (file.size === 0) return 'empty'
  if (file.size > MOST_BYTES[type]) return type === 'voice' ? 'large_file' : `large_${type}`
  if (type === 'video' && (facts.milliseconds ?? 0) > LONGEST_VIDEO_MS + 500) return 'long_video'
  return null
}

/** Looks into a chosen file as far as it takes to refuse it: a film's length. */
export async function prepared(file: Blob, name: string, as?: AttachmentType): Promise<Attachment> {
  const type = typeOf(file, as)
  return { type, file, name, facts: type === 'video' ? await filmFacts(file) : {} }
}

const LOOK_WITHIN_MS = 5000

function filmFacts(file: Blob): Promise<Attachment['facts']> {
  const film = document.createElement('video')
  const address = URL.createObjectURL(file)
  film.preload = 'metadata'
  film.muted = true
  return new Promise((resolve) => {
    const end = (facts: Attachment['facts']) => {
      clearTimeout(late)
      URL.revokeObjectURL(address)
      film.removeAttribute('src')
      resolve(facts)
    }
    const late = setTimeout(() => end({}), LOOK_WITHIN_MS)
    film.onerror = () => end({})
    film.onloadedmetadata = () => {
      const size = { width: film.videoWidth, height: film.videoHeight }
      end(Number.isFinite(film.duration) ? { ...size, milliseconds: Math.round(film.duration * 1000) } : size)
    }
    film.src = address
  })
}
