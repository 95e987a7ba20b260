import { onScopeDispose, ref, type Ref } from 'vue'

export type CameraState = 'asking' | 'open' | 'refused' | 'missing'
export type Facing = 'environment' | 'user'

/** Longer sides of what is sent, px: of a card, whose writing has to be read, and of a face. */
const CARD_PX = 1600
const FACE_PX = 480
const CARD_QUALITY = 0.85
const FACE_QUALITY = 0.8

/** The camera on one side of the device, shown in `video` until the page goes. */
export function useCamera(video: Ref<HTMLVideoElement | null>, facing: Facing) {
  const state = ref<CameraState>('asking')
  let stream: MediaStream | null = null
  let gone = false

  async function open(): Promise<void> {
    state.value = 'asking'
    if (!navigator.mediaDevices?.getUserMedia) {
      state.value = 'missing'
      return
    }
    try {
      const wanted = { facingMode: { ideal: facing }, width: { ideal: 1920 }, height: { ideal: 1440 } }
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted })
    } catch (reason) {
      const name = reason instanceof Error ? reason.name : ''
      state.value = name === 'NotAllowedError' ? 'refused' : 'missing'
      return
    }
    if (gone || !video.value) return close() // the page was left while the question stood there
    video.value.srcObject = stream
    await video.value.play().catch(() => undefined) // left while it began
    state.value = 'open'
  }

  function close(): void {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
  }

  onScopeDispose(() => {
    gone = true
    close()
  })

  return { state, open, close }
}

/** What the camera shows now, as a card is sent: JPEG in base64. */
export function cardNow(video: HTMLVideoElement): string {
  return jpeg(video, video.videoWidth, video.videoHeight, CARD_PX, CARD_QUALITY)
}

/** What the camera shows now, as a frame of a face is sent. Never mirrored, whatever the page shows. */
export function faceNow(video: HTMLVideoElement): string {
  return jpeg(video, video.videoWidth, video.videoHeight, FACE_PX, FACE_QUALITY)
}

/** A chosen picture, the right way up and no larger than a card needs. Throws when it cannot be opened. */
export async function cardOf(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file)
  try {
    return jpeg(picture, picture.width, picture.height, CARD_PX, CARD_QUALITY)
  } finally {
    picture.close()
  }
}

/** Calls `seen` with each new picture of the camera; gives what ends it. No camera gives the same picture twice. */
export function eachPicture(video: HTMLVideoElement, seen: () => void): () => void {
  let on = true
  const next = (): void => {
    if (!on) return
    seen()
    ask()
  }
  const ask = (): void => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(next)
    else setTimeout(next, 100)
  }
  ask()
  return () => {
    on = false
  }
}

function jpeg(source: CanvasImageSource, width: number, height: number, longest: number, quality: number): string {
  const scale = Math.min(1, longest / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL('image/jpeg', quality).split(',')[1] ?? ''
}
