import type { CallPhase, CallsView, OwnSources, RoomView } from '@yunzhen/client'

import type { IconName } from '../parts/icons'
import { tShared } from '../words/shared'

/** Everything that can be pressed in a call; `handlers` of `CallRoom` takes these names. */
export type CallAct =
  | 'answer'
  | 'answer_audio'
  | 'decline'
  | 'hang_up'
  | 'microphone'
  | 'camera'
  | 'flip'
  | 'audio_only'
  | 'share'
  | 'report'
  | 'layout'
  | 'size'
  | 'pop_out'
  | 'heart'
  | 'sharp'
  | 'dismiss'
  | 'call_again'

/** Those that stand in the bar of a room, in this order where nothing else is asked for. */
export const BAR: readonly CallAct[] = ['microphone', 'camera', 'report', 'flip', 'share', 'audio_only', 'layout', 'pop_out', 'size', 'heart', 'sharp']

export interface Control {
  act: CallAct
  icon: IconName
  words: string
  /** Pressed in: what it stands for is off, or something unusual is on. */
  pressed: boolean
}

/** What a browser or a device can do. */
export interface Abilities {
  share: boolean
  popOut: boolean
  cameras: number
  phone: boolean
}

interface Shown {
  view: CallsView
  room: RoomView
  own: OwnSources
  personId: string
  grid: boolean
  size: 'whole' | 'small' | 'docked'
}

type Make = (shown: Shown, can: Abilities) => Control | null

const MAKE: Partial<Record<CallAct, Make>> = {
  microphone: ({ own }) => {
    const on = own.microphone === 'on'
    return { act: 'microphone', icon: on ? 'microphone' : 'microphoneOff', words: tShared(on ? 'calls.controls.microphoneOff' : 'calls.controls.microphoneOn'), pressed: !on }
  },
  camera: ({ own }) => {
    const on = own.camera === 'on'
    return { act: 'camera', icon: on ? 'film' : 'cameraOff', words: tShared(on ? 'calls.controls.cameraOff' : 'calls.controls.cameraOn'), pressed: !on }
  },
  flip: ({ own }, can) =>
    own.camera === 'on' && (can.phone || can.cameras > 1)
      ? { act: 'flip', icon: 'flip', words: tShared('calls.controls.flip'), pressed: false }
      : null,
  share: ({ own }, can) =>
    can.share
      ? { act: 'share', icon: 'screen', words: tShared(own.screen ? 'calls.controls.stopSharing' : 'calls.controls.share'), pressed: own.screen !== null }
      : null,
  report: ({ view, personId }) => {
    const mine = view.call?.showing?.by === personId
    return { act: 'report', icon: 'file', words: tShared(mine ? 'calls.report.stop' : 'calls.report.show'), pressed: mine }
  },
  audio_only: ({ room }) => ({
    act: 'audio_only',
    icon: 'sound',
    words: tShared(room.audioOnly ? 'calls.controls.withVideo' : 'calls.controls.audioOnly'),
    pressed: room.audioOnly,
  }),
  layout: ({ room, grid, size }) =>
    room.people.length > 1 && size !== 'small'
      ? { act: 'layout', icon: grid ? 'speakerView' : 'tiles', words: tShared(grid ? 'calls.controls.speaker' : 'calls.controls.grid'), pressed: false }
      : null,
  pop_out: (_, can) => (can.popOut ? { act: 'pop_out', icon: 'popOut', words: tShared('calls.controls.popOut'), pressed: false } : null),
  size: ({ size }) => ({
    act: 'size',
    icon: size === 'whole' ? 'shrink' : 'expand',
    words: tShared(size === 'whole' ? 'calls.controls.small' : 'calls.controls.whole'),
    pressed: false,
  }),
  heart: ({ own }) => ({
    act: 'heart',
    icon: 'heart',
    words: tShared(own.heartSounds ? 'calls.controls.speech' : 'calls.controls.heart'),
    pressed: own.heartSounds,
  }),
  sharp: ({ own }) =>
    own.camera === 'on'
      ? { act: 'sharp', icon: 'larger', words: tShared(own.sharp ? 'calls.controls.usual' : 'calls.controls.sharp'), pressed: own.sharp }
      : null,
}

/** The bar's buttons, of those that were asked for, as far as they mean something now. */
export function controlsOf(wanted: readonly CallAct[], shown: Shown, can: Abilities): Control[] {
  return wanted.flatMap((act) => MAKE[act]?.(shown, can) ?? [])
}

export function abilitiesHere(own: OwnSources): Abilities {
  const devices = globalThis.navigator?.mediaDevices as Partial<MediaDevices> | undefined
  return {
    share: typeof devices?.getDisplayMedia === 'function',
    popOut: typeof document !== 'undefined' && document.pictureInPictureEnabled === true,
    cameras: own.devices.filter(({ kind }) => kind === 'videoinput').length,
    phone: globalThis.matchMedia?.('(pointer: coarse)').matches === true,
  }
}

/** Whether a phase is shown as a room with pictures. */
export function inRoom(phase: CallPhase | null): boolean {
  return phase === 'ringing' || phase === 'answering' || phase === 'in_call'
}
