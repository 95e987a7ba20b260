import { expect, vi } from 'vitest'
import { createHospital } from '../src'
import type { Hospital, HospitalOptions } from '../src'
import type { UploadOptions } from '../src/conversations/uploads'
import type { FakeHospital } from './fake_hospital'
import { FakeStorage } from './fake_hospital'

/** A page of the fake hospital, as a browser would open it. */
export function openPage(
  fake: FakeHospital,
  storage: Storage = new FakeStorage(),
  more: Pick<HospitalOptions, 'tabs' | 'session'> & { indexedDb?: IDBFactory | null; random?: () => number } & Pick<
    UploadOptions,
    'shrink'
  > = {},
): Hospital {
  const { tabs = null, session, indexedDb = null, random = () => 0.5, shrink } = more
  return createHospital({
    audience: 'patient',
    settings: async () => ({ api_base: '/api', profile: 'local' }),
    http: { fetch: fake.fetch, repeatAfterMs: [] },
    session: { channel: () => null, exclusively: (_, act) => act(), storage, ...session },
    connection: { openWire: fake.openWire, random },
    tabs,
    conversations: { storage, indexedDb, pageSize: 20, uploads: { putPart: fake.store.putPart, shrink, random } },
  })
}

/** Signed in, a line open. */
export async function openSignedIn(fake: FakeHospital, storage?: Storage, more?: Parameters<typeof openPage>[2]) {
  const hospital = openPage(fake, storage, more)
  await hospital.session.signInAsPatient('13800000000', '123456')
  await online(hospital)
  const talks = hospital.conversations.get()
  if (!talks) throw new Error('no conversations')
  return { hospital, talks }
}

export async function online(hospital: Hospital): Promise<void> {
  await until(() => hospital.connection.phase.get() === 'online')
}

const realTimeout = globalThis.setTimeout
const GENEROUS_MS = 15_000

/** Lets simulated time pass until it holds; digests and databases take their own, real time. */
export async function until(holds: () => boolean): Promise<void> {
  const began = performance.now()
  while (!holds() && performance.now() - began < GENEROUS_MS) {
    await vi.advanceTimersByTimeAsync(5)
    await new Promise((resolve) => realTimeout(resolve))
  }
  expect(holds()).toBe(true)
}

/** Lets everything that is already due happen. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}
