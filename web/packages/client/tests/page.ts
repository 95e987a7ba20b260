import { vi } from 'vitest'
import { createHospital } from '../src'
import type { Hospital } from '../src'
import type { FakeHospital } from './fake_hospital'
import { FakeStorage } from './fake_hospital'

/** A page of the fake hospital, as a browser would open it. */
export function openPage(fake: FakeHospital, storage: Storage = new FakeStorage()): Hospital {
  return createHospital({
    audience: 'patient',
    settings: async () => ({ api_base: '/api', profile: 'local' }),
    http: { fetch: fake.fetch, repeatAfterMs: [] },
    session: { channel: () => null, exclusively: (_, act) => act(), storage },
    socket: { openWire: fake.openWire, random: () => 0.5 },
    conversations: { storage, pageSize: 20 },
  })
}

/** Signed in, socket online. */
export async function openSignedIn(fake: FakeHospital, storage?: Storage) {
  const hospital = openPage(fake, storage)
  await hospital.session.signInAsPatient('13800000000', '123456')
  await vi.waitFor(() => {
    if (hospital.socket.phase.get() !== 'online') throw new Error('not online yet')
  })
  const talks = hospital.conversations.get()
  if (!talks) throw new Error('no conversations')
  return { hospital, talks }
}

/** Lets everything that is already due happen. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}
