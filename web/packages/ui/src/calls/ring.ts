/** Sounds of calls, made here: no file has to be read while somebody waits. */

const RING_EVERY_MS = 3_000

/** Rings and shakes the phone until the answer is called. A browser that allows no sound yet stays silent. */
export function ringing(): () => void {
  const play = () => {
    chime([880, 660, 880, 660], 0.18)
    if (tapped()) navigator.vibrate?.([400, 200, 400])
  }
  play()
  const timer = setInterval(play, RING_EVERY_MS)
  return () => {
    clearInterval(timer)
    if (tapped()) navigator.vibrate?.(0)
  }
}

/** The two tones by which somebody hears whether the speaker works. */
export function dingDong(sinkId = ''): void {
  chime([988, 784], 0.35, sinkId)
}

/** Pure tones one after the other: hertz, seconds each. */
function chime(tones: readonly number[], seconds: number, sinkId = ''): void {
  if (typeof AudioContext === 'undefined' || !tapped()) return
  const context = new AudioContext()
  void (context as { setSinkId?: (id: string) => Promise<void> }).setSinkId?.(sinkId).catch(() => undefined)
  tones.forEach((hertz, index) => {
    const [tone, loudness] = [context.createOscillator(), context.createGain()]
    const [begins, ends] = [context.currentTime + index * seconds, context.currentTime + (index + 1) * seconds]
    tone.frequency.value = hertz
    loudness.gain.setValueAtTime(0.2, begins)
    loudness.gain.exponentialRampToValueAtTime(0.01, ends)
    tone.connect(loudness).connect(context.destination)
    tone.start(begins)
    tone.stop(ends)
  })
  setTimeout(() => void context.close(), tones.length * seconds * 1000 + 200)
}

/** Browsers let a page sound and shake once somebody has tapped it; those that cannot tell decide themselves. */
function tapped(): boolean {
  return navigator.userActivation?.hasBeenActive ?? true
}
