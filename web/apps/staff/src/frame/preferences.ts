import type { Hospital } from '@yunzhen/client'
import { followAccount } from '@yunzhen/ui'

/** Language and display live in the account; what was chosen on the sign-in page goes along into it. */
export function keepPreferencesInAccount({ session }: Hospital): void {
  followAccount({
    follow: (listener) =>
      void session.state.subscribe(({ me }) => listener(me && { id: me.person_id, preferences: me.preferences })),
    // Before the own password is chosen, the hospital takes nothing else; the next change is kept again.
    save: async (preferences) => {
      if (!session.me?.password_due) await session.change({ preferences })
    },
  })
}
