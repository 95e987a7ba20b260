import { createHospital, PushDevice } from '@yunzhen/client'
import { followAccount, hospitalNow, takeHospitalTime } from '@yunzhen/ui'

/** This page's way into the hospital, as a patient. */
export const hospital = createHospital({
  audience: 'patient',
  http: { onDate: takeHospitalTime },
  conversations: { now: hospitalNow },
})

/** What shows pushes while no page is open. */
export const PUSH_WORKER = { url: '/patient/push.js', scope: '/patient/' }

/** Resolves once it is known whether somebody is signed in. */
export const restored = hospital.session.restore()

/** A browser that shows pushes belongs to the session in which it said so: after signing in it says so again. */
export function followPushes(): void {
  const device = new PushDevice(hospital.api.notifications, PUSH_WORKER)
  let personId: string | null = null
  hospital.session.state.subscribe(({ me }) => {
    if (me && me.person_id !== personId) void device.renew().catch(() => undefined)
    personId = me?.person_id ?? null
  })
}

/** Preferences live in the account; before sign-in, on this device. */
export function followPreferences(): void {
  followAccount({
    follow: (listener) =>
      void hospital.session.state.subscribe(({ me }) =>
        listener(me && { id: me.person_id, preferences: me.preferences }),
      ),
    save: (preferences) => hospital.session.change({ preferences }),
  })
}
