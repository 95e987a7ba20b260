import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApp, effectScope, nextTick, ref, shallowRef } from 'vue'

import { Emitter, Store, textOf } from '../src'
import type { Hospital } from '../src'
import type { ConnectionEvents } from '../src/connection/connection'
import { hospitalPlugin, useConversation, useConversations, useMessageSearch, useNotices, useReading, useStoreOf } from '../src/vue'
import { FakeHospital } from './fake_hospital'
import { openSignedIn } from './page'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** What a component of this hospital's pages would get. */
function inPage<Used>(hospital: Hospital, use: () => Used) {
  vi.stubGlobal('document', { visibilityState: 'visible' })
  const scope = effectScope()
  const app = createApp({ render: () => null }).use(hospitalPlugin(hospital))
  return { used: app.runWithContext(() => scope.run(use))!, scope }
}

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

describe('notices', () => {
  it('are drawn together, and an older one that comes late hides no newer one', () => {
    vi.useFakeTimers()
    const events = new Emitter<ConnectionEvents>()
    const told: (string | null)[] = []
    const hospital = { connection: { events } } as unknown as Hospital
    const { scope } = inPage(hospital, () =>
      useNotices(['visit.'], (notice) => told.push(notice && `${notice.subject} ${notice.sequence}`), 150),
    )
    const notice = (subject: string, sequence: number) => ({ topic: 'visit.moved.v1', subject, sequence })
    events.emit('notice', notice('vis_1', 3))
    events.emit('notice', notice('vis_1', 2))
    events.emit('notice', notice('vis_2', 1))
    events.emit('notice', { topic: 'upload.ready.v1', subject: 'upl_1', sequence: 1 })
    expect(told).toEqual([])
    vi.advanceTimersByTime(150)
    expect(told).toEqual(['vis_1 3', 'vis_2 1'])
    scope.stop()
    events.emit('notice', notice('vis_1', 4))
    vi.advanceTimersByTime(150)
    expect(told).toHaveLength(2)
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

describe('a conversation on a page', () => {
  it('follows what is chosen, sends, and asks who is there while it is looked at', async () => {
    vi.useFakeTimers()
    const fake = new FakeHospital()
    fake.say('您好')
    fake.say('另一个', 'cnv_2')
    const { hospital } = await openSignedIn(fake)
    const chosen = ref<string | null>(null)
    const { used, scope } = inPage(hospital, () => ({ ...useConversation(chosen), ...useConversations() }))
    expect(used.send('没有对话')).toBeNull()
    chosen.value = 'cnv_1'
    await vi.advanceTimersByTimeAsync(10)
    expect(used.view.value.messages.map(textOf)).toEqual(['您好'])
    expect(used.view.value.present).toEqual(['per_2'])
    expect(used.list.value.items).toHaveLength(2)
    const sent = used.send('医生好')
    await vi.advanceTimersByTimeAsync(10)
    expect(await sent?.outcome).toMatchObject({ result: 'delivered', seq: 2 })
    expect(used.view.value.messages.map(textOf)).toEqual(['您好', '医生好'])
    chosen.value = 'cnv_2'
    await vi.advanceTimersByTimeAsync(10)
    expect(used.view.value.messages.map(textOf)).toEqual(['另一个'])
    const asked = () => fake.frames.filter(({ action }) => action === 'present').length
    const before = asked()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked()).toBe(before + 1)
    scope.stop()
    await vi.advanceTimersByTimeAsync(180_000)
    expect(asked()).toBe(before + 1)
    hospital.close()
  })
})

describe('a search on a page', () => {
  it('shows the newest question’s answer, goes on where it stopped, and is put away by empty words', async () => {
    const answers: ((page: object) => void)[] = []
    const search = vi.fn((_query: object) => new Promise<object>((resolve) => answers.push(resolve)))
    const hospital = { api: { messaging: { search } } } as unknown as Hospital
    const { used, scope } = inPage(hospital, useMessageSearch)
    void used.search('咳')
    void used.search(' 发烧 ', 'cnv_1')
    answers[0]?.({ items: [{ seq: 1 }], cursor: null, searched_to: null })
    await nextTick()
    expect(used.searching.value).toBe(true)
    answers[1]?.({ items: [{ seq: 2 }], cursor: 'c', searched_to: { conversation_id: 'cnv_1', seq: 2 } })
    await nextTick()
    await nextTick()
    expect(used.found.value).toEqual([{ seq: 2 }])
    expect(search.mock.calls[1]?.[0]).toMatchObject({ words: '发烧', conversation_id: 'cnv_1' })
    expect([used.more.value, used.searchedTo.value]).toEqual([true, { conversation_id: 'cnv_1', seq: 2 }])
    const on = used.searchOn()
    expect(search.mock.calls[2]?.[0]).toMatchObject({ words: '发烧', cursor: 'c' })
    answers[2]?.({ items: [{ seq: 3 }], cursor: null, searched_to: null })
    await on
    expect(used.found.value).toEqual([{ seq: 2 }, { seq: 3 }])
    expect(used.more.value).toBe(false)
    await used.search('  ')
    expect(used.found.value).toBeNull()
    scope.stop()
  })
})
