import { createHospital } from '@yunzhen/client'
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
