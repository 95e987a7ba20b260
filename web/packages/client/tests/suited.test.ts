import { describe, expect, test } from 'vitest'
import type { OwnQuality } from '../src/calls/protocol'
import { withFloor } from '../src/calls/sdp'
import { suited, WHOLE } from '../src/calls/suited'

const told = (up: number, hold = 0): OwnQuality => ({
  up_loss: 0,
  down_loss: 0,
  up_line_loss: up,
  hold_ms: hold,
  round_trip_ms: 40,
  up_bps: 1,
  down_bps: 1,
  advice: 'full',
})

describe('what suits a line', () => {
  test('a good one gets everything and nothing is kept back', () => {
    expect(suited(WHOLE, told(0.02, 40))).toEqual(WHOLE)
  })

  test('a relay of yesterday says nothing of the line', () => {
    const { up_line_loss: _, hold_ms: __, ...old } = told(0)
    expect(suited(WHOLE, old)).toEqual(WHOLE)
  })

  test('the more is lost, the less is sent, and back again not at the same loss', () => {
    const [some, much, most] = [suited(WHOLE, told(0.3)), suited(WHOLE, told(0.6)), suited(WHOLE, told(0.8))]
    expect([some.layers, much.layers, most.layers]).toEqual([2, 1, 1])
    expect(most.microphoneBps).toBeLessThan(much.microphoneBps)
    expect(most.layerBps).toBeLessThan(much.layerBps)
    expect(suited(much, told(0.45)).layers).toBe(1)
    expect(suited(much, told(0.4)).layers).toBe(2)
    expect(suited(some, told(0.45)).layers).toBe(2)
  })

  test('what is kept back grows at once, shrinks slowly and is bounded', () => {
    const held = suited(WHOLE, told(0, 1000))
    expect(held.holdMs).toBe(1000)
    let later = suited(held, told(0))
    expect(later.holdMs).toBe(850)
    for (let times = 0; times < 20; times++) later = suited(later, told(0))
    expect(later.holdMs).toBeNull()
    expect(suited(WHOLE, told(0, 1000), 100).holdMs).toBe(100)
    expect(suited(WHOLE, told(0, 9000)).holdMs).toBe(4000)
  })

  test('a floor goes to the pictures that are sent, and to nothing else', () => {
    const sdp = [
      'm=audio 9 UDP/TLS/RTP/SAVPF 63 111',
      'a=recvonly',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
      'a=recvonly',
      'a=rtpmap:96 VP8/90000',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=sendonly',
      'a=rtpmap:96 VP8/90000',
      '',
    ].join('\r\n')
    expect(withFloor(sdp, 0)).toBe(sdp)
    const floored = withFloor(sdp, 800_000)
    expect(floored.split('\r\n').filter((line) => line.includes('x-google'))).toEqual(['a=fmtp:96 x-google-min-bitrate=800'])
    expect(floored.indexOf('x-google')).toBeLessThan(floored.indexOf('a=sendonly'))
    expect(suited(WHOLE, { ...told(0.6), floor_bps: 800_000 }).floorBps).toBe(800_000)
  })
})
