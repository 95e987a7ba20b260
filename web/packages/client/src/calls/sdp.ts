/** What is changed in descriptions of a session: nothing that browsers offer a method for. */

/** Browsers offer no retransmission for sound, but do it when it is asked for. */
export function withAudioRepair(sdp: string): string {
  return perSection(sdp, (section) => {
    const number = opusOf(section)
    if (number === null || section.includes(`a=rtcp-fb:${number} nack`)) return section
    return section.replace(new RegExp(`(a=rtpmap:${number} opus/48000/2\r?\n)`), `$1a=rtcp-fb:${number} nack\r\n`)
  })
}

/**
 * In what the relay answers: how this device is to encode sound. 48 kHz, no gaps in silence. With one channel Chromium
 * has Opus encode for speech, which takes away what is below 60 Hz; with two it leaves all there is.
 */
export function withFaithfulSound(sdp: string, bitsPerSecond: number, channels: 1 | 2 = 1): string {
  const stereo = channels - 1
  return perSection(sdp, (section) => {
    const number = opusOf(section)
    if (number === null) return section
    const wanted = { maxaveragebitrate: bitsPerSecond, maxplaybackrate: 48_000, stereo, 'sprop-stereo': stereo, usedtx: 0 }
    const known = new RegExp(`a=fmtp:${number} ([^\r\n]*)`).exec(section)
    const kept = (known?.[1] ?? 'minptime=10;useinbandfec=1')
      .split(';')
      .filter((pair) => pair && !((pair.split('=')[0] ?? '').trim() in wanted))
    const line = `a=fmtp:${number} ${[...kept, ...Object.entries(wanted).map(([name, value]) => `${name}=${value}`)].join(';')}`
    if (known) return section.replace(known[0], line)
    return section.replace(new RegExp(`(a=rtpmap:${number} opus/48000/2\r?\n)`), `$1${line}\r\n`)
  })
}

/**
 * In what the relay answers: below which rate the browser's own estimate does not go. Its estimate counts what came, so on
 * a line that loses a third of all by itself it never grows, and with it the room for repairs.
 */
export function withFloor(sdp: string, bitsPerSecond: number): string {
  const floor = Math.round(bitsPerSecond / 1000)
  if (!floor) return sdp
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => {
      const number = /^m=video [1-9]\d* \S+ (\d+)/.exec(section)?.[1]
      if (!number || !section.includes('a=recvonly')) return section
      const known = new RegExp(`(a=fmtp:${number} [^\r\n]*)`)
      if (known.test(section)) return section.replace(known, `$1;x-google-min-bitrate=${floor}`)
      return section.replace(new RegExp(`(a=rtpmap:${number} [^\r\n]*\r?\n)`), `$1a=fmtp:${number} x-google-min-bitrate=${floor}\r\n`)
    })
    .join('')
}

function perSection(sdp: string, change: (section: string) => string): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => (section.startsWith('m=audio') ? change(section) : section))
    .join('')
}

function opusOf(section: string): string | null {
  return /a=rtpmap:(\d+) opus\/48000\/2/i.exec(section)?.[1] ?? null
}
