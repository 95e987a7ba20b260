import type { CallJoin } from '../src/calling_routes'
import { Room } from '../src/calls/room'
import { Sources } from '../src/calls/sources'
import type { DevicesOfBrowser } from '../src/calls/sources'

/** Who talks where, and which of the microphone's helpers are turned off for once. */
export interface Talking {
  controlUrl: string
  grant: string
  off: ('echoCancellation' | 'noiseSuppression' | 'autoGainControl')[]
}

/** The browser's own devices, without what is to be measured. */
function devicesWithout(off: Talking['off']): DevicesOfBrowser {
  const own = navigator.mediaDevices
  return {
    getUserMedia: (asked) => {
      const audio = asked?.audio && { ...(asked.audio as MediaTrackConstraints), ...Object.fromEntries(off.map((one) => [one, false])) }
      return own.getUserMedia({ ...asked, ...(audio ? { audio } : {}) })
    },
    enumerateDevices: () => own.enumerateDevices(),
    addEventListener: own.addEventListener.bind(own),
    removeEventListener: own.removeEventListener.bind(own),
  }
}

/** A voice call as the pages hold it; the others are heard from this machine's speaker. What the microphone became. */
export async function talk({ controlUrl, grant, off }: Talking): Promise<MediaTrackSettings> {
  const sources = new Sources(devicesWithout(off))
  await sources.open({ camera: false })
  const join = { grant, control_url: controlUrl, ice_servers: [] } as unknown as CallJoin
  const room = new Room({
    join: async () => join,
    report: async () => undefined,
    sources,
    media: { connect: (asked) => new RTCPeerConnection(asked), openWire: (url) => new WebSocket(url), now: () => performance.now() },
  })
  const played = new Map<string, HTMLAudioElement>()
  room.view.subscribe(({ people }) => {
    for (const { microphone } of people) {
      if (!microphone?.track || played.has(microphone.id)) continue
      const speaker = new Audio()
      speaker.srcObject = new MediaStream([microphone.track])
      played.set(microphone.id, speaker)
      void speaker.play()
    }
  })
  return sources.view.get().tracks.microphone?.getSettings() ?? {}
}

declare global {
  interface Window {
    talk: typeof talk
  }
}
window.talk = talk
