import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../src'
import type { SessionState } from '../src'
import { FakeHospital, FakeStorage } from './fake_hospital'
import { openPage, openSignedIn, settle } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('session', () => {
  it('refreshes once for five requests that are refused side by side', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    fake.tokens.clear()
    const answers = await Promise.all(Array.from({ length: 5 }, () => hospital.api.identity.me()))
    expect(answers).toHaveLength(5)
    expect(fake.refreshCount).toBe(1)
    hospital.close()
  })

  it('refreshes before asking when the token is known to be at its end', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    await vi.advanceTimersByTimeAsync(590_000)
    fake.requests.length = 0
    await Promise.all([hospital.api.identity.me(), hospital.api.identity.me()])
    expect(fake.requests.filter((line) => line.includes('refresh'))).toHaveLength(1)
    expect(fake.requests.filter((line) => line === 'GET /identity/me')).toHaveLength(2)
    hospital.close()
  })

  it('ends with its reason, without socket and conversations, when it was revoked', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    fake.tokens.clear()
    fake.sessionOver = true
    fake.liveWires[0]?.cut() // the hospital closes a revoked session's socket
    await vi.advanceTimersByTimeAsync(2000)
    expect(hospital.session.state.get()).toEqual<SessionState>({ phase: 'signed_out', me: null, because: 'over' })
    expect(hospital.connection.phase.get()).toBe('off')
    expect(hospital.conversations.get()).toBeNull()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(fake.liveWires).toHaveLength(0)
    hospital.close()
  })

  it('is taken up again at page load by its cookie', async () => {
    const fake = new FakeHospital()
    const storage = new FakeStorage()
    const { hospital: before } = await openSignedIn(fake, storage)
    before.close()
    const after = openPage(fake, storage)
    expect((await after.session.restore()).phase).toBe('signed_in')
    after.close()
  })

  it('asks the hospital nothing for somebody who never signed in', async () => {
    const fake = new FakeHospital()
    const hospital = openPage(fake)
    expect(await hospital.session.restore()).toMatchObject({ phase: 'signed_out', because: 'never' })
    expect(fake.requests).toEqual([])
    hospital.close()
  })

  it('waits out a missing network at page load instead of signing out', async () => {
    const fake = new FakeHospital()
    const storage = new FakeStorage()
    const { hospital: before } = await openSignedIn(fake, storage)
    before.close()
    fake.noNetwork = true
    const after = openPage(fake, storage)
    const restored = after.session.restore()
    await vi.advanceTimersByTimeAsync(5000)
    expect(after.session.state.get().phase).toBe('restoring')
    expect(after.http.reachable.get()).toBe(false)
    fake.noNetwork = false
    await vi.advanceTimersByTimeAsync(16_000)
    expect((await restored).phase).toBe('signed_in')
    after.close()
  })

  it('is shared by tabs: one signs out, both are out, and what was written is forgotten', async () => {
    const fake = new FakeHospital()
    const storage = new FakeStorage()
    const channels: BroadcastChannel[] = []
    const channel = () => {
      const mine = {
        onmessage: null as ((event: MessageEvent) => void) | null,
        close: () => undefined,
        postMessage: (said: unknown) => {
          for (const other of channels) if (other !== (mine as unknown)) other.onmessage?.({ data: said } as MessageEvent)
        },
      } as unknown as BroadcastChannel
      channels.push(mine)
      return mine
    }
    const { createHospital } = await import('../src')
    const tab = () =>
      createHospital({
        audience: 'patient',
        settings: async () => ({ api_base: '/api', profile: 'local' }),
        http: { fetch: fake.fetch, repeatAfterMs: [] },
        session: { channel, exclusively: (_, act) => act(), storage },
        connection: { openWire: fake.openWire },
        conversations: { storage },
      })
    const [one, two] = [tab(), tab()]
    await one.session.signInAsPatient('13800000000', '123456')
    expect(two.session.me?.person_id).toBe('per_1')
    two.conversations.get()?.send('cnv_1', '还没发出去的话')
    await one.session.signOut()
    expect(two.session.state.get()).toMatchObject({ phase: 'signed_out', because: 'signed_out' })
    expect([...Array(storage.length).keys()].map((n) => storage.key(n))).toEqual([])
    one.close()
    two.close()
  })
})

describe('requests', () => {
  it('carry the code, facts, status and request id of a refusal', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    const refused = await hospital.api.consultation.visit('vis_x').catch((reason: unknown) => reason)
    expect(refused).toBeInstanceOf(ApiError)
    expect(refused).toMatchObject({ code: 'request.not_found', status: 404, requestId: 'r3' })
    hospital.close()
  })

  it('repeat a POST that got no answer under the same idempotency key', async () => {
    const keys: (string | null)[] = []
    let failures = 1
    const { createHospital } = await import('../src')
    const hospital = createHospital({
      audience: 'patient',
      settings: async () => ({ api_base: '/api', profile: 'local' }),
      http: {
        repeatAfterMs: [10],
        fetch: async (_, init) => {
          keys.push(new Headers(init?.headers).get('idempotency-key'))
          if (failures-- > 0) throw new TypeError('network')
          return new Response('{"ticket":"t","url":"ws://x","expires_in_seconds":30}', { status: 201 })
        },
      },
      session: { channel: () => null, storage: new FakeStorage() },
    })
    const asked = hospital.api.messaging.openTicket()
    await vi.advanceTimersByTimeAsync(50)
    await asked
    expect(keys).toHaveLength(2)
    expect(keys[0]).toMatch(/^[a-z0-9]{20}$/)
    expect(keys[1]).toBe(keys[0])
    hospital.close()
  })

  it('give up after their time', async () => {
    const { Http } = await import('../src')
    const http = new Http({
      apiBase: async () => '/api',
      repeatAfterMs: [],
      fetch: (_, init) =>
        new Promise((_, refuse) => init?.signal?.addEventListener('abort', () => refuse(new Error('aborted')))),
    })
    const asked = http.request({ method: 'GET', path: '/x', timeoutSeconds: 5 }).catch((reason: unknown) => reason)
    await settle()
    await vi.advanceTimersByTimeAsync(5001)
    expect(await asked).toMatchObject({ code: 'client.timed_out', status: 0 })
  })
})
