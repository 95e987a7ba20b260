import type { Hospital } from '@yunzhen/client'
import { followAccount } from '@yunzhen/ui'

/** Language and display live in the account; what was chosen on the sign-in page goes along into it. */
export function keepPreferencesInAccount({ session }: Hospital): void {
  followAccount({
    follow: (listener) =>
      void session.state.subscribe(({ me }) => listener(me && { id: me.person_id, preferences: me.preferences })),
    save: (preferences) => session.change({ preferences }),
  })
}
