/** How long a voice message is, as people know it: 5″, 1′02″. */
export function saidLength(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds}″`
  return `${Math.floor(seconds / 60)}′${String(seconds % 60).padStart(2, '0')}″`
}

/** How long a video is: 0:07, 1:02. */
export function saidClockLength(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Bytes as people read them: 812 B, 34 KB, 3.4 MB. */
export function saidSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** The part after the last dot of a file's name, large: `PDF`; empty when there is none of up to five letters. */
export function extensionOf(name: string): string {
  const found = /\.([A-Za-z0-9]{1,5})$/.exec(name)
  return found?.[1]?.toUpperCase() ?? ''
}
