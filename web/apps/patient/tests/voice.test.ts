import { beforeEach, describe, expect, it, vi } from 'vitest'

import { en } from '../src/words/en'
import { zh } from '../src/words/zh'

/** The module as a page loads it. */
async function page() {
  vi.resetModules()
  return import('../src/frame/voice')
}

describe('the voice of the large-font mode', () => {
  let kept: Map<string, string>
  let said: { text: string; lang: string; voice?: { lang: string } }[]
  let voices: { lang: string }[]

  beforeEach(() => {
    kept = new Map()
    said = []
    voices = []
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
    })
    vi.stubGlobal(
      'SpeechSynthesisUtterance',
      class {
        constructor(readonly text: string) {}
      },
    )
    vi.stubGlobal('speechSynthesis', {
      getVoices: () => voices,
      cancel: () => (said = []),
      speak: (one: (typeof said)[number]) => said.push(one),
    })
  })

  it.each([...Object.values(zh.voice.steps), ...Object.values(en.voice.steps)])('“%s” has room for no fact', (words) => {
    expect(words).not.toMatch(/[{}\d]/)
  })

  it('takes a voice of the language, the one of the country first, and the language alone where there is none', async () => {
    const { speak } = await page()
    speak('请看镜头，不要动。', 'zh')
    expect([said[0]?.lang, said[0]?.voice]).toEqual(['zh-CN', undefined])
    voices = [{ lang: 'en-GB' }, { lang: 'zh-HK' }, { lang: 'zh_CN' }]
    speak('请看镜头，不要动。', 'zh')
    expect(said.map((one) => one.voice?.lang)).toEqual(['zh_CN'])
    speak('Hold still.', 'en')
    expect(said.map((one) => one.voice?.lang)).toEqual(['en-GB'])
  })

  it('stays off once it was turned off, and says nothing where a browser has none', async () => {
    ;(await page()).turnVoice(false)
    expect((await page()).voiceOn.value).toBe(false)
    ;(await page()).turnVoice(true)
    expect((await page()).voiceOn.value).toBe(true)
    vi.stubGlobal('speechSynthesis', undefined)
    const { canSpeak, hush, speak } = await page()
    speak('请看镜头，不要动。', 'zh')
    hush()
    expect([canSpeak(), said]).toEqual([false, []])
  })
})
