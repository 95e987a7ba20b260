import { computed, onScopeDispose, ref } from 'vue'

import { LONGEST_VOICE_MS } from './files'

export interface Recording {
  file: Blob
  name: string
  milliseconds: number
}

export type RecorderState = 'idle' | 'asking' | 'recording' | 'refused' | 'missing'

/** Shorter than this is a slip of the finger. */
const LEAST_MS = 700
const TICK_MS = 100
/** What browsers record, best first: one of them is there everywhere. */
const FORMS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus']

/**
 * Hold to talk. `start` asks for the microphone and records, `finish` gives what was said (null: too short,
 * or nothing was recorded), `cancel` throws it away. After a minute it ends by itself and `onFull` gets it.
 */
export function useRecorder(onFull: (recording: Recording) => void) {
  const state = ref<RecorderState>('idle')
  const milliseconds = ref(0)
  let recorder: MediaRecorder | null = null
  let began = 0
  let timer: ReturnType<typeof setInterval> | undefined
  let wanted = 0

  async function start(): Promise<void> {
    if (state.value === 'recording' || state.value === 'asking') return
    const mine = (wanted += 1)
    milliseconds.value = 0
    if (!navigator.mediaDevices?.getUserMedia || typeof MediaRecorder === 'undefined') {
      state.value = 'missing'
      return
    }
    state.value = 'asking'
    let stream: MediaStream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch (reason) {
      if (mine === wanted) state.value = named(reason) === 'NotFoundError' ? 'missing' : 'refused'
      return
    }
    if (mine !== wanted) return release(stream) // the finger left while the question stood there
    const form = FORMS.find((one) => MediaRecorder.isTypeSupported(one))
    recorder = new MediaRecorder(stream, { ...(form ? { mimeType: form } : {}), audioBitsPerSecond: 32_000 })
    recorder.start()
    began = performance.now()
    state.value = 'recording'
    timer = setInterval(tick, TICK_MS)
  }

  function tick(): void {
    milliseconds.value = Math.min(LONGEST_VOICE_MS, performance.now() - began)
    if (milliseconds.value >= LONGEST_VOICE_MS) void finish().then((said) => said && onFull(said))
  }

  async function finish(): Promise<Recording | null> {
    const ended = recorder
    const length = Math.min(LONGEST_VOICE_MS, Math.round(performance.now() - began))
    if (!ended || state.value !== 'recording') {
      cancel()
      return null
    }
    const file = await stopped(ended)
    reset()
    if (length < LEAST_MS || file.size === 0) return null
    const form = file.type.split(';')[0] ?? ''
    return { file, name: `voice.${form.split('/')[1] ?? 'webm'}`, milliseconds: length }
  }

  function cancel(): void {
    const ended = recorder
    reset()
    if (ended) void stopped(ended)
  }

  function reset(): void {
    wanted += 1
    clearInterval(timer)
    recorder = null
    if (state.value === 'recording' || state.value === 'asking') state.value = 'idle'
  }

  onScopeDispose(cancel)
  return { state, milliseconds, seconds: computed(() => Math.floor(milliseconds.value / 1000)), start, finish, cancel }
}

function stopped(recorder: MediaRecorder): Promise<Blob> {
  const parts: Blob[] = []
  return new Promise((resolve) => {
    recorder.ondataavailable = ({ data }) => parts.push(data)
    recorder.onstop = () => {
      release(recorder.stream)
      resolve(new Blob(parts, { type: (recorder.mimeType || 'audio/webm').split(';')[0] ?? 'audio/webm' }))
    }
    if (recorder.state === 'inactive') recorder.onstop(new Event('stop'))
    else recorder.stop()
  })
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function named(reason: unknown): string {
  return reason instanceof DOMException ? reason.name : ''
}
