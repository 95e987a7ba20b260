import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref, shallowRef } from 'vue'

import { Store } from '../src'
import { useReading, useStoreOf } from '../src/vue'

describe('a store as a ref', () => {
  it('follows the store that is chosen, and none after its scope', async () => {
    const [one, two] = [new Store('a'), new Store('x')]
    const chosen = shallowRef<Store<string> | null>(one)
    const scope = effectScope()
    const held = scope.run(() => useStoreOf(() => chosen.value, ''))!
    expect(held.value).toBe('a')
    one.set('b')
    expect(held.value).toBe('b')
    chosen.value = two
    await nextTick()
    expect(held.value).toBe('x')
    one.set('c')
    expect(held.value).toBe('x')
    chosen.value = null
    await nextTick()
    expect(held.value).toBe('')
    scope.stop()
    two.set('y')
    expect(held.value).toBe('')
  })
})

describe('a reading', () => {
  it('keeps the newest answer, whichever comes last', async () => {
    const answers: ((value: string) => void)[] = []
    const question = ref(1)
    const scope = effectScope()
    const reading = scope.run(() =>
      useReading(
        () => new Promise<string>((resolve) => answers.push(resolve)),
        () => question.value,
      ),
    )!
    question.value = 2
    await nextTick()
    answers[1]?.('second')
    await nextTick()
    answers[0]?.('first')
    await nextTick()
    await nextTick()
    expect(reading.value.value).toBe('second')
    expect(reading.loading.value).toBe(false)
    scope.stop()
  })

  it('keeps the last value beside an error', async () => {
    let fails = false
    const scope = effectScope()
    const reading = scope.run(() => useReading(async () => (fails ? Promise.reject(new Error('x')) : 'value')))!
    await reading.reload()
    fails = true
    await reading.reload()
    expect(reading.value.value).toBe('value')
    expect(reading.error.value?.code).toBe('client.unreadable')
    scope.stop()
  })
})
