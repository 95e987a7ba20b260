import { createHospital } from '@yunzhen/client'
import { onPreferencesChanged, setPreferences } from '@yunzhen/ui'

/** This page's way into the hospital, as a patient. */
export const hospital = createHospital({ audience: 'patient' })

/** Resolves once it is known whether somebody is signed in. */
export const restored = hospital.session.restore()

/**
 * Preferences live in the account. Before sign-in they live on the device only; whoever signs in
 * brings theirs along, and what they change from then on is sent to the account.
 */
export function followPreferences(): void {
  let personId: string | null = null
  hospital.session.state.subscribe(({ me }) => {
    if (me && me.person_id !== personId) setPreferences(me.preferences, { quietly: true })
    personId = me?.person_id ?? null
  })
  onPreferencesChanged((preferences) => {
    if (!hospital.session.me) return
    // A lost answer costs nothing: the device keeps the choice, and the next change sends it again.
    hospital.session.change({ preferences }).catch(() => undefined)
  })
}
