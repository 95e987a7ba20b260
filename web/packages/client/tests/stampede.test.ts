import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Api } from '../src'
import { ApiError } from '../src'
import { DirectConnection } from '../src/connection/direct'
import { FakeHospital } from './fake_hospital'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const CLIENTS = 500
const STEP_MS = 250

/** Random numbers of a seed: the same spread at every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** A hospital's door that counts who asks where to connect. */
function door(fake: FakeHospital) {
  const counted = { asked: 0, open: true }
  const messaging = {
    entryPoints: async () => {
      counted.asked += 1
      if (!counted.open) throw new ApiError({ code: 'client.unreachable' })
      return { items: [{ url: 'wss://a.test/socket', kind: 'socket' as const }] }
    },
    openTicket: async () => ({ ticket: 't', url: 'wss://a.test/socket', expires_in_seconds: 30 }),
  }
  const random = seeded(20)
  const api = { messaging } as unknown as Api
  const connections = Array.from({ length: CLIENTS }, () => new DirectConnection(api, { openWire: fake.openWire, random }))
  return { counted, connections }
}

it('five hundred clients that lose their lines at once come back spread out, and those that fail wait longer', async () => {
  const fake = new FakeHospital()
  const { counted, connections } = door(fake)
  /** How many asked in each step. */
  const arrivals = async (steps: number) => {
    const seen: number[] = []
    for (let n = 0; n < steps; n += 1) {
      const before = counted.asked
      await vi.advanceTimersByTimeAsync(STEP_MS)
      seen.push(counted.asked - before)
    }
    return seen
  }
  for (const connection of connections) connection.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(fake.liveWires).toHaveLength(CLIENTS)

  counted.open = false
  for (const wire of fake.liveWires) wire.cut()
  const down = await arrivals(160)
  const inSecond = (n: number) => down.slice(n * 4, n * 4 + 4).reduce((sum, asked) => sum + asked, 0)
  // All fell at one moment; no quarter of a second takes more than a fifth of them, …
  expect(inSecond(0)).toBeGreaterThan(0)
  expect(Math.max(...down)).toBeLessThan(CLIENTS / 5)
  // … and the longer it lasts, the fewer they ask.
  const late = Math.max(...Array.from({ length: 10 }, (_, n) => inSecond(30 + n)))
  expect(late).toBeLessThan(CLIENTS / 15)
  expect(late).toBeLessThan(inSecond(0) / 5)

  counted.open = true
  const back = await arrivals(260)
  expect(Math.max(...back)).toBeLessThan(CLIENTS / 15)
  expect(connections.every((connection) => connection.phase.get() === 'online')).toBe(true)
  for (const connection of connections) connection.stop()
})
