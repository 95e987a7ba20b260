import type { Hospital, Me, Role } from '@yunzhen/client'
import { createRouter, createWebHistory } from 'vue-router'
import type { RouteLocationNormalized, Router } from 'vue-router'

import type { StaffWord } from './words'

declare module 'vue-router' {
  interface RouteMeta {
    title: StaffWord
    /** Who has this page; absent: every member of staff. */
    roles?: Role[]
    /** Or: what one must be allowed to do, by role or by duty. */
    permission?: string
    /** True for the pages that need no sign-in. */
    open?: boolean
    /** True for a page without the frame around it. */
    alone?: boolean
  }
}

/** Where somebody comes first who signed in by a password that an admin made. */
const OWN_PASSWORD = '/own-password'
/** Who sees the clinic's work. */
export const CLINICIANS: Role[] = ['doctor']
/** Who takes part in conversations. */
export const TALKERS: Role[] = ['doctor', 'nurse', 'pharmacist']
/** Who reads what was said, recalled or not. */
export const AUDITORS: Role[] = ['auditor']
const ADMINISTRATION = {
  '/reference': 'reference:write',
  '/organisations': 'organisation:write',
  '/dictionaries': 'reference:write',
  '/people': 'staff:read',
  '/syncs': 'organisation:write',
  '/access': 'access:keep',
  '/patients': 'patient:keep',
  '/blacklist': 'blacklist:keep',
  '/sign-up': 'sign_up:configure',
  '/sms': 'sms:read',
  '/break-glass': 'emergency:review',
  '/face-reviews': 'identity:review',
  '/operations': 'log:read',
  '/sign-ins': 'log:read',
  '/seals': 'log:read',
  '/inspections': 'house:inspect',
  '/face-report': 'house:inspect',
  '/consent-texts': 'consent_text:write',
}
export type AdministrationPage = keyof typeof ADMINISTRATION

/** The pages of administration that somebody has, by role or by duty. */
export function administrationOf(me: Me): AdministrationPage[] {
  const pages = Object.keys(ADMINISTRATION) as AdministrationPage[]
  return pages.filter((page) => me.permissions.includes(ADMINISTRATION[page]))
}

export function homeOf(me: Me): string {
  if (CLINICIANS.includes(me.role)) return '/work'
  if (TALKERS.includes(me.role)) return '/talks'
  if (AUDITORS.includes(me.role)) return '/records'
  return administrationOf(me)[0] ?? '/account'
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
        path: '/emergency/:reading?',
        component: () => import('./emergency/EmergencyPage.vue'),
        meta: { title: 'nav.emergency', permission: 'emergency:read' },
      },
      {
        path: '/break-glass',
        component: () => import('./emergency/BreakGlassPage.vue'),
        meta: { title: 'nav.breakGlass', permission: 'emergency:review' },
      },
      {
        path: '/face-report',
        component: () => import('./inspections/FaceReportPage.vue'),
        meta: { title: 'nav.faceReport', permission: 'house:inspect' },
      },
      {
        path: '/face-reviews',
        component: () => import('./patients/FaceReviewsPage.vue'),
        meta: { title: 'nav.faceReviews', permission: 'identity:review' },
      },
      {
        path: '/reference/:kind?',
        component: () => import('./reference/ReferencePage.vue'),
        meta: { title: 'nav.reference', permission: 'reference:write' },
      },
      {
        path: '/dictionaries/:dictionary?',
        component: () => import('./dictionaries/DictionaryPage.vue'),
        meta: { title: 'nav.dictionaries', permission: 'reference:write' },
      },
      {
        path: '/people',
        component: () => import('./staffing/StaffPage.vue'),
        meta: { title: 'nav.staff', permission: 'staff:read' },
      },
      {
        path: '/organisations/:organisation?',
        component: () => import('./organisations/OrganisationsPage.vue'),
        meta: { title: 'nav.organisations', permission: 'organisation:write' },
      },
      {
        path: '/syncs',
        component: () => import('./syncs/SyncsPage.vue'),
        meta: { title: 'nav.syncs', permission: 'organisation:write' },
      },
      {
        path: '/sms',
        component: () => import('./sms/SmsPage.vue'),
        meta: { title: 'nav.sms', permission: 'sms:read' },
      },
      {
        path: '/operations',
        component: () => import('./logs/OperationsPage.vue'),
        meta: { title: 'nav.operations', permission: 'log:read' },
      },
      {
        path: '/sign-ins',
        component: () => import('./logs/SignInsPage.vue'),
        meta: { title: 'nav.signIns', permission: 'log:read' },
      },
      {
        path: '/seals',
        component: () => import('./seals/SealsPage.vue'),
        meta: { title: 'nav.seals', permission: 'log:read' },
      },
      {
        path: '/inspections',
        component: () => import('./inspections/InspectionsPage.vue'),
        meta: { title: 'nav.inspections', permission: 'house:inspect' },
      },
      {
        path: '/access/:account?',
        component: () => import('./access/AccessPage.vue'),
        meta: { title: 'nav.access', permission: 'access:keep' },
      },
      {
        path: '/patients',
        component: () => import('./patients/PatientsPage.vue'),
        meta: { title: 'nav.patients', permission: 'patient:keep' },
      },
      {
        path: '/blacklist',
        component: () => import('./patients/BlacklistPage.vue'),
        meta: { title: 'nav.blacklist', permission: 'blacklist:keep' },
      },
      {
        path: '/sign-up',
        component: () => import('./patients/SignUpFlowPage.vue'),
        meta: { title: 'nav.signUp', permission: 'sign_up:configure' },
      },
      {
        path: '/consent-texts',
        component: () => import('./consents/ConsentTextsPage.vue'),
        meta: { title: 'nav.consentTexts', permission: 'consent_text:write' },
      },
      { path: '/counter', component: () => import('./counter/CounterPage.vue'), meta: { title: 'nav.counter' } },
      {
        path: OWN_PASSWORD,
        component: () => import('./account/OwnPasswordPage.vue'),
        meta: { title: 'ownPassword.title', alone: true },
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
  if (me.password_due) return to.path === OWN_PASSWORD ? true : OWN_PASSWORD
  if (to.path === OWN_PASSWORD) return homeOf(me)
  if (to.path === '/' || to.meta.open) return typeof to.query['back'] === 'string' ? to.query['back'] : homeOf(me)
  if (to.meta.roles && !to.meta.roles.includes(me.role)) return homeOf(me)
  if (to.meta.permission && !me.permissions.includes(to.meta.permission)) return homeOf(me)
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
