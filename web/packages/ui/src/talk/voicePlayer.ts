import { ref } from 'vue'

/** One voice at a time: starting another stops the first. */
export const playing = ref<string | null>(null)
/** The voice that could not be played last. */
export const notPlayed = ref<string | null>(null)

let voice: HTMLAudioElement | null = null

export async function play(key: string, address: () => Promise<string>): Promise<void> {
  stop()
  playing.value = key
  notPlayed.value = null
  try {
    const from = await address()
    if (playing.value !== key) return
    const mine = new Audio(from)
    voice = mine
    mine.onended = () => {
      if (voice === mine) stop()
    }
    await mine.play()
  } catch {
    if (playing.value !== key) return // another was started meanwhile
    stop()
    notPlayed.value = key
  }
}

export function stop(): void {
  voice?.pause()
  voice = null
  playing.value = null
}
