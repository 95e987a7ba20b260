import type { OpenWire } from '../connection/socket_line'
import type { RelayPlace } from '../calling_routes'

/** Region of relays to the ms in which a line to one of them opened. */
export type Nearness = Record<string, number>

/** What takes longer is not near, and nobody waits for it. */
const WITHIN_MS = 800

/** How near regions with relays are to this device; those that do not answer in time are left out. */
export async function measureNearness(places: readonly RelayPlace[], openWire: OpenWire, now: () => number): Promise<Nearness> {
  const took = await Promise.all(places.map(({ control_url }) => opensIn(control_url, openWire, now)))
  const near: Nearness = {}
  places.forEach(({ region }, index) => {
    const ms = took[index]
    if (typeof ms === 'number') near[region] = ms
  })
  return near
}

function opensIn(url: string, openWire: OpenWire, now: () => number): Promise<number | null> {
  return new Promise((resolve) => {
    const began = now()
    let close: () => void = () => undefined
    const end = (ms: number | null) => {
      clearTimeout(timer)
      close()
      resolve(ms)
    }
    const timer = setTimeout(() => end(null), WITHIN_MS)
    try {
      const wire = openWire(url)
      close = () => {
        wire.onopen = wire.onclose = wire.onerror = null
        wire.close(1000)
      }
      wire.onopen = () => end(Math.max(0, Math.round(now() - began)))
      wire.onclose = wire.onerror = () => end(null)
    } catch {
      end(null) // no address, or none that this page may open
    }
  })
}
