import { onScopeDispose, ref, watch, type Ref } from 'vue'

const LOOK_EVERY_MS = 100
/** Speech stays far below full scale. */
const FULL = 0.25

/** How loud a microphone is just now, 0 … 1, and how loud it has been at most. */
export function useLoudness(track: () => MediaStreamTrack | undefined): { loudness: Ref<number>; loudest: Ref<number> } {
  const [loudness, loudest] = [ref(0), ref(0)]
  let stop: () => void = () => undefined
  watch(
    track,
    (heard) => {
      stop()
      stop = () => undefined
      loudness.value = 0
      if (heard) stop = listen(heard, (value) => ([loudness.value, loudest.value] = [value, Math.max(loudest.value, value)]))
    },
    { immediate: true },
  )
  onScopeDispose(() => stop())
  return { loudness, loudest }
}

function listen(track: MediaStreamTrack, tell: (loudness: number) => void): () => void {
  if (typeof AudioContext === 'undefined') return () => undefined
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length
    tell(Math.min(1, Math.sqrt(power) / FULL))
  }, LOOK_EVERY_MS)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}
