import type { Hospital, Me, Role } from '@yunzhen/client'
import { createRouter, createWebHistory } from 'vue-router'
import type { RouteLocationNormalized, Router } from 'vue-router'

import type { StaffWord } from './words'

declare module 'vue-router' {
  interface RouteMeta {
    title: StaffWord
    /** Who has this page; absent: every member of staff. */
    roles?: Role[]
    /** True for the pages that need no sign-in. */
    open?: boolean
  }
}

/** Who sees the clinic's work, and who sees administration. */
export const CLINICIANS: Role[] = ['doctor']
/** Who takes part in conversations. */
export const TALKERS: Role[] = ['doctor', 'nurse', 'pharmacist']
/** Who reads what was said, recalled or not. */
export const AUDITORS: Role[] = ['auditor']
export const ADMINISTRATORS: Role[] = ['org_admin', 'operator']
/** Who looks after the platform itself. */
export const OPERATORS: Role[] = ['operator']

export function homeOf(me: Me): string {
  if (CLINICIANS.includes(me.role)) return '/work'
  if (TALKERS.includes(me.role)) return '/talks'
  if (AUDITORS.includes(me.role)) return '/records'
  return ADMINISTRATORS.includes(me.role) ? '/reference' : '/account'
}

export function makeRouter(hospital: Hospital): Router {
  const router = createRouter({
    history: createWebHistory('/staff/'),
    routes: [
      // Where “/” leads depends on who comes: whereInstead never lets it be shown.
      { path: '/', component: () => import('./frame/NotFoundPage.vue'), meta: { title: 'nav.account' } },
      {
        path: '/sign-in',
        component: () => import('./sign_in/SignInPage.vue'),
        meta: { title: 'signIn.title', open: true },
      },
      {
        path: '/work/:visit?',
        component: () => import('./workstation/WorkstationPage.vue'),
        meta: { title: 'nav.work', roles: CLINICIANS },
      },
      {
        path: '/talks/:id?',
        component: () => import('./talk/TalksPage.vue'),
        meta: { title: 'nav.talks', roles: TALKERS },
      },
      {
        path: '/records/:id?',
        component: () => import('./talk/RecordsPage.vue'),
        meta: { title: 'nav.records', roles: AUDITORS },
      },
      {
        path: '/visits',
        component: () => import('./visits/VisitsPage.vue'),
        meta: { title: 'nav.visits', roles: CLINICIANS },
      },
      {
        path: '/reference/:kind?',
        component: () => import('./reference/ReferencePage.vue'),
        meta: { title: 'nav.reference', roles: ADMINISTRATORS },
      },
      {
        path: '/operations',
        component: () => import('./logs/OperationsPage.vue'),
        meta: { title: 'nav.operations', roles: ADMINISTRATORS },
      },
      {
        path: '/sign-ins',
        component: () => import('./logs/SignInsPage.vue'),
        meta: { title: 'nav.signIns', roles: ADMINISTRATORS },
      },
      {
        path: '/seals',
        component: () => import('./seals/SealsPage.vue'),
        meta: { title: 'nav.seals', roles: ADMINISTRATORS },
      },
      {
        path: '/inspections',
        component: () => import('./inspections/InspectionsPage.vue'),
        meta: { title: 'nav.inspections', roles: OPERATORS },
      },
      { path: '/account', component: () => import('./account/AccountPage.vue'), meta: { title: 'nav.account' } },
      { path: '/:other(.*)*', component: () => import('./frame/NotFoundPage.vue'), meta: { title: 'notFound.title' } },
    ],
  })
  router.beforeEach((to) => whereInstead(hospital, to))
  followSession(hospital, router)
  return router
}

/** Pages wait until it is known who is here; then everybody goes where they may be. */
async function whereInstead(hospital: Hospital, to: RouteLocationNormalized): Promise<string | object | boolean> {
  const me = await signedIn(hospital)
  if (!me) return to.meta.open ? true : { path: '/sign-in', query: back(to.fullPath) }
  if (to.path === '/' || to.meta.open) return typeof to.query['back'] === 'string' ? to.query['back'] : homeOf(me)
  if (to.meta.roles && !to.meta.roles.includes(me.role)) return homeOf(me)
  return true
}

function back(path: string): object {
  return path === '/' ? {} : { back: path }
}

function signedIn(hospital: Hospital): Promise<Me | null> {
  const { state } = hospital.session
  if (state.get().phase !== 'restoring') return Promise.resolve(state.get().me)
  return new Promise((resolve) => {
    const stop = state.subscribe((now) => {
      stop()
      resolve(now.me)
    })
  })
}

/** Signed out here, in another tab, or by the hospital: to the sign-in page, with the way back. */
function followSession(hospital: Hospital, router: Router): void {
  let person: string | null = null
  hospital.session.state.subscribe(({ phase, me, because }) => {
    const at = router.currentRoute.value
    if (at.matched.length === 0) return // the first page is still being decided, see whereInstead
    if (phase === 'signed_out' && !at.meta.open) {
      const query = because === 'over' ? { ...back(at.fullPath), ended: 'over' } : {}
      void router.push({ path: '/sign-in', query })
    } else if (phase === 'signed_in' && at.meta.open) {
      void router.push(typeof at.query['back'] === 'string' ? at.query['back'] : '/')
    } else if (me && person && person !== me.person_id) {
      void router.push('/')
    }
    person = me?.person_id ?? person
  })
}
