import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeHospital } from './fake_hospital'
import { openSignedIn } from './page'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a line over a socket', () => {
  it('pings, and gives up a connection that answers nothing', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    await vi.advanceTimersByTimeAsync(61_000)
    expect(fake.wires[0]?.sent.at(-1)).toEqual({ action: 'ping', have: {} })
    expect(fake.wires).toHaveLength(1)
    fake.received = () => undefined // open in name only
    await vi.advanceTimersByTimeAsync(75_000)
    expect(fake.wires[0]?.closed).toBe(true)
    expect(fake.wires.length).toBeGreaterThan(1)
    hospital.close()
  })

  it('renews before its two hours end without a moment offline', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    const phases: string[] = []
    hospital.connection.phase.subscribe((phase) => phases.push(phase))
    await vi.advanceTimersByTimeAsync(6_600_000)
    expect(fake.wires).toHaveLength(2)
    expect(fake.wires[0]?.closed).toBe(true)
    expect(fake.liveWires).toHaveLength(1)
    expect(phases).toEqual([])
    hospital.close()
  })

  it('waits longer and longer between tries, and not at all when the network is known to be back', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    fake.noNetwork = true
    fake.liveWires[0]?.cut()
    fake.requests.length = 0
    await vi.advanceTimersByTimeAsync(60_000)
    const tries = fake.requests.filter((line) => line.includes('entry-points')).length
    expect(tries).toBeGreaterThan(3)
    expect(tries).toBeLessThan(10)
    fake.noNetwork = false
    hospital.connection.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(hospital.connection.phase.get()).toBe('online')
    hospital.close()
  })

  it('drops what is not a frame', async () => {
    const fake = new FakeHospital()
    const { hospital } = await openSignedIn(fake)
    const seen: unknown[] = []
    hospital.connection.events.on('message', (message) => seen.push(message))
    for (const data of ['{', 'null', '7', '{"message":"Internal server error","connectionId":"a"}', new ArrayBuffer(2)]) {
      fake.wires[0]?.onmessage?.({ data } as never)
    }
    expect(seen).toEqual([])
    expect(hospital.connection.phase.get()).toBe('online')
    hospital.close()
  })
})
