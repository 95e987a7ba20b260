import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { drawerFor } from '../src/keeping/indexed_drawer'
import { FakeStorage } from './fake_hospital'

interface Note {
  id: string
  written_at: string
  text: string
}

const note = (id: string): Note => ({ id, written_at: '2026-01-01T00:00:00Z', text: `文 ${id}` })

/** A browser whose database takes nothing. */
function broken(): IDBFactory {
  const factory = new IDBFactory()
  factory.open = () => {
    throw new Error('forbidden')
  }
  return factory
}

describe.each([
  ['in IndexedDB', () => new IDBFactory()],
  ['in storage', () => null],
  ['in storage, where the database is forbidden', broken],
])('what waits, %s', (_, make) => {
  it('is there for the next page of the same person, and for nobody else', async () => {
    const [factory, storage] = [make(), new FakeStorage()]
    const drawer = drawerFor<Note>('per_1', factory, storage)
    await drawer.put(note('a'))
    await drawer.put(note('b'))
    await drawer.put({ ...note('a'), text: '改过' })
    await drawer.remove('b')
    expect(await drawerFor<Note>('per_1', factory, storage).all()).toEqual([{ ...note('a'), text: '改过' }])
    expect(await drawerFor<Note>('per_10', factory, storage).all()).toEqual([])
    expect(await drawerFor<Note>('per_', factory, storage).all()).toEqual([])
  })

  it('goes with everything of that person, and nothing of another', async () => {
    const [factory, storage] = [make(), new FakeStorage()]
    const [mine, other] = [drawerFor<Note>('per_1', factory, storage), drawerFor<Note>('per_2', factory, storage)]
    await mine.put(note('a'))
    await mine.putFile('a', new Blob(['x']))
    await other.put(note('b'))
    await mine.clear()
    expect(await mine.all()).toEqual([])
    expect(await mine.file('a')).toBeNull()
    expect(await other.all()).toEqual([note('b')])
  })

  it('holds a file beside its row', async () => {
    const drawer = drawerFor<Note>('per_1', make(), new FakeStorage())
    await drawer.putFile('a', new Blob(['12345'], { type: 'image/png' }))
    expect(await (await drawer.file('a'))?.text()).toBe('12345')
    await drawer.remove('a')
    expect(await drawer.file('a')).toBeNull()
  })
})

it('a file in IndexedDB outlives the page', async () => {
  const factory = new IDBFactory()
  await drawerFor<Note>('per_1', factory, null).putFile('a', new Blob(['12345'], { type: 'image/png' }))
  const found = await drawerFor<Note>('per_1', factory, null).file('a')
  expect(found?.type).toBe('image/png')
  expect(await found?.text()).toBe('12345')
})
