/** Pictures are sent with at most so many pixels along the longer side; doctors see no more on a screen. */
const LONGEST_SIDE = 2048
const QUALITY = 0.85

/** A picture that the browser has opened; tests bring their own. */
export interface OpenPicture {
  width: number
  height: number
  asJpeg(width: number, height: number, quality: number): Promise<Blob | null>
  close(): void
}

/** What no canvas keeps whole: animations, drawings, and what most browsers cannot open (HEIC). */
const AS_IT_IS = new Set(['image/gif', 'image/svg+xml', 'image/heic', 'image/heif'])

/** The picture as it is sent: smaller where that is possible, otherwise the file as it was chosen. */
export async function shrunk(
  file: Blob,
  open: (file: Blob) => Promise<OpenPicture | null> = openPicture,
): Promise<Blob> {
  if (AS_IT_IS.has(file.type)) return file
  const picture = await open(file)
  if (!picture) return file
  try {
    const factor = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * factor)))
    const smaller = await picture.asJpeg(width ?? 1, height ?? 1, QUALITY)
    return smaller && smaller.size < file.size ? smaller : file
  } finally {
    picture.close()
  }
}

/** null: this browser (or no browser) cannot open it; the hospital looks at it itself. */
async function openPicture(file: Blob): Promise<OpenPicture | null> {
  if (typeof createImageBitmap !== 'function' || typeof document === 'undefined') return null
  try {
    // Turned upright by what the camera noted, for the note itself does not outlive the canvas.
    return drawing(await createImageBitmap(file, { imageOrientation: 'from-image' }))
  } catch {
    // Damaged, or of a kind this browser does not know: the hospital says what it thinks of it.
    return null
  }
}

function drawing(bitmap: ImageBitmap): OpenPicture {
  return {
    width: bitmap.width,
    height: bitmap.height,
    close: () => bitmap.close(),
    asJpeg(width, height, quality) {
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = height
      const pen = canvas.getContext('2d')
      if (!pen) return Promise.resolve(null)
      pen.fillStyle = '#ffffff' // what was clear would come out black
      pen.fillRect(0, 0, width, height)
      pen.drawImage(bitmap, 0, 0, width, height)
      return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    },
  }
}
