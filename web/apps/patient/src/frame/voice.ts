import type { Language } from '@yunzhen/ui'
import { ref } from 'vue'

const KEPT_UNDER = 'yunzhen.patient.voice'
/** A little slower than the browsers' usual. */
const RATE = 0.9

/** Whether the large-font mode speaks on this device: from the beginning, until somebody turns it off. */
export const voiceOn = ref(readKept())

/** Some browsers inside other apps have no voice: there nothing is offered. */
export function canSpeak(): boolean {
  return typeof speechSynthesis !== 'undefined' && typeof SpeechSynthesisUtterance !== 'undefined'
}

/** Says the words, and nothing of what was being said. A browser that waits for a first touch stays silent. */
export function speak(words: string, language: Language): void {
  if (!canSpeak()) return
  const lang = language === 'zh' ? 'zh-CN' : 'en-US'
  const saying = new SpeechSynthesisUtterance(words)
  saying.lang = lang
  saying.rate = RATE
  const voices = speechSynthesis.getVoices()
  const voice = voices.find((one) => tagOf(one) === lang) ?? voices.find((one) => tagOf(one).startsWith(language))
  if (voice) saying.voice = voice
  speechSynthesis.cancel()
  speechSynthesis.speak(saying)
}

export function hush(): void {
  if (canSpeak()) speechSynthesis.cancel()
}

export function turnVoice(on: boolean): void {
  voiceOn.value = on
  try {
    localStorage.setItem(KEPT_UNDER, on ? 'on' : 'off')
  } catch {
    // Nothing may be kept here: it holds for this page.
  }
}

/** Android writes `zh_CN`. */
function tagOf(voice: SpeechSynthesisVoice): string {
  return voice.lang.replace('_', '-')
}

function readKept(): boolean {
  try {
    return localStorage.getItem(KEPT_UNDER) !== 'off'
  } catch {
    return true
  }
}
