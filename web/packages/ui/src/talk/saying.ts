import { nextTick, shallowRef, type Ref } from 'vue'

import { errorWords } from '../words/errors'
import type { Recording } from './recorder'
import type { TalkListHandle } from './talking'

/** What is written and spoken into; what `useConversation` of the client gives fits. */
export interface TalkSink {
  send: (text: string) => unknown
  sendFile: (file: File, type: 'voice', facts: { name: string; milliseconds: number }) => unknown
}

interface Unsent {
  failure: { code: string; facts: Record<string, unknown> } | null
}

/**
 * Saying something in one conversation, the same on both sides: what was said is scrolled to, and what the hospital
 * refused stands in `refusal` until the next act. `said` hears of each act, before the page scrolls.
 */
export function useSaying<Failure>(
  talk: TalkSink,
  list: Readonly<Ref<TalkListHandle | null>>,
  asFailure: (reason: unknown) => Failure,
  said: () => void = () => undefined,
) {
  const refusal = shallowRef<Failure | null>(null)

  function toEnd(): void {
    refusal.value = null
    said()
    void nextTick(() => list.value?.toEnd())
  }

  function say(text: string): void {
    talk.send(text)
    toEnd()
  }

  function sayAloud({ file, name, milliseconds }: Recording): void {
    talk.sendFile(new File([file], name, { type: file.type }), 'voice', { name, milliseconds })
    toEnd()
  }

  /** Does it; what is refused is shown. */
  async function attempt(act: () => Promise<unknown>): Promise<void> {
    refusal.value = null
    try {
      await act()
    } catch (reason) {
      refusal.value = asFailure(reason)
    }
  }

  /** Why it was not sent, in words. */
  function failureOf({ failure }: Unsent): string | undefined {
    return failure ? errorWords(failure.code, failure.facts).said : undefined
  }

  return { refusal, toEnd, say, sayAloud, attempt, failureOf }
}
