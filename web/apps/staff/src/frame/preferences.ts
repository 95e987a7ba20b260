import type { Hospital } from '@yunzhen/client'
import { onPreferencesChanged, setPreferences } from '@yunzhen/ui'

/** The account's language and display hold after sign-in; a change made here goes to the account. */
export function keepPreferencesInAccount(hospital: Hospital): void {
  let personId: string | null = null
  hospital.session.state.subscribe(({ me }) => {
    if (me && me.person_id !== personId) setPreferences(me.preferences, { quietly: true })
    personId = me?.person_id ?? null
  })
  onPreferencesChanged((preferences) => {
    if (!hospital.session.me) return
    // Not reached: this device keeps the choice, the account learns it with the next change.
    hospital.session.change({ preferences }).catch(() => undefined)
  })
}
