/** A call's stores as refs. */
import { toValue } from 'vue'
import type { MaybeRefOrGetter, ShallowRef } from 'vue'

import { useHospital, useStore, useStoreOf } from '../vue'
import { NO_CALL } from './calls'
import type { Calls, CallsView } from './calls'
import { NOBODY } from './room'
import type { RoomView } from './room'
import { NOTHING_OPEN } from './sources'
import type { OwnSources } from './sources'

export interface CallUse {
  view: Readonly<ShallowRef<CallsView>>
  /** The media, once there is any. */
  room: Readonly<ShallowRef<RoomView>>
  /** This device's microphone, camera and screen. */
  own: Readonly<ShallowRef<OwnSources>>
}

/** The calls of whoever is signed in; null: nobody. */
export function useCalls(): Readonly<ShallowRef<Calls | null>> {
  return useStore(useHospital().calls)
}

/** What happens in the one call that this device has. */
export function useCall(calls: MaybeRefOrGetter<Calls | null>): CallUse {
  const view = useStoreOf<CallsView>(() => toValue(calls)?.view ?? null, NO_CALL)
  const room = useStoreOf<RoomView>(() => view.value.room?.view ?? null, NOBODY)
  const own = useStoreOf<OwnSources>(() => view.value.sources?.view ?? null, NOTHING_OPEN)
  return { view, room, own }
}
