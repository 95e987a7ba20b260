import { withFaithfulSound } from '../src/calls/sdp'

/** One way of encoding, everything else alike. */
export interface Encoding {
  /** As in `video/VP8`. */
  codec: string
  hint: '' | 'detail'
  videoBps: number
  channels: 1 | 2
  soundBps: number
}

/** What was on the screen, coded as PNG in base64, and what the sender says of itself. */
export interface Arrived {
  pictures: string[]
  width: number
  height: number
  picturesPerSecond: number
  sentBps: number
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

async function drawn(video: HTMLVideoElement): Promise<string> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768))
  return btoa(text)
}

/** From one connection to another on this page, without a line between them. The connections stay: sound is heard after. */
export async function encode({ codec, hint, videoBps, channels, soundBps }: Encoding): Promise<Arrived> {
  const taken = await navigator.mediaDevices.getUserMedia({
    video: { width: 1920, height: 1080, frameRate: 15 },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  })
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()]
  from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined)
  to.onicecandidate = ({ candidate }) => void from.addIceCandidate(candidate ?? undefined)
  const video = document.createElement('video')
  video.muted = true
  to.ontrack = ({ track }) => {
    const place = track.kind === 'video' ? video : new Audio()
    place.srcObject = new MediaStream([track])
    void place.play()
  }
  const [picture, sound] = [taken.getVideoTracks()[0], taken.getAudioTracks()[0]]
  if (!picture || !sound) throw new Error('nothing to send')
  picture.contentHint = hint
  const sending = from.addTransceiver(picture, { direction: 'sendonly', sendEncodings: [{ maxBitrate: videoBps }] })
  sending.setCodecPreferences(RTCRtpSender.getCapabilities('video')?.codecs.filter(({ mimeType }) => mimeType === codec) ?? [])
  from.addTransceiver(sound, { direction: 'sendonly', sendEncodings: [{ maxBitrate: soundBps }] })
  await from.setLocalDescription()
  await to.setRemoteDescription(from.localDescription as RTCSessionDescription)
  await to.setLocalDescription()
  const answer = withFaithfulSound(to.localDescription?.sdp ?? '', soundBps, channels)
  await from.setRemoteDescription({ type: 'answer', sdp: answer })
  await pause(12_000)
  const counted = async () => {
    const rows = [...((await sending.sender.getStats()) as unknown as Map<string, Record<string, number>>).values()]
    return rows.find((row) => (row['type'] as unknown) === 'outbound-rtp') ?? {}
  }
  const before = await counted()
  const pictures: string[] = []
  for (let number = 0; number < 5; number++) {
    await pause(1_000)
    pictures.push(await drawn(video))
  }
  const after = await counted()
  const seconds = ((after['timestamp'] ?? 0) - (before['timestamp'] ?? 0)) / 1000
  return {
    pictures,
    width: video.videoWidth,
    height: video.videoHeight,
    picturesPerSecond: ((after['framesEncoded'] ?? 0) - (before['framesEncoded'] ?? 0)) / seconds,
    sentBps: (((after['bytesSent'] ?? 0) - (before['bytesSent'] ?? 0)) * 8) / seconds,
  }
}

declare global {
  interface Window {
    encode: typeof encode
  }
}
window.encode = encode
