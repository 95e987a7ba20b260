import { createRouter, createWebHistory, type RouteLocationRaw, type RouteRecordRaw } from 'vue-router'

import { hospital, restored } from './hospital'

declare module 'vue-router' {
  interface RouteMeta {
    /** Open to everybody; every other page asks to sign in first. */
    open?: true
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./pages/home/HomePage.vue') },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./pages/sign-in/SignInPage.vue'),
    meta: { open: true },
  },
  {
    path: '/sign-in/wechat',
    name: 'sign-in-wechat',
    component: () => import('./pages/sign-in/FromWechatPage.vue'),
    meta: { open: true },
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('./pages/sign-up/SignUpPage.vue'),
    meta: { open: true },
  },
  {
    path: '/doctors',
    name: 'doctors',
    component: () => import('./pages/doctors/DoctorsPage.vue'),
    meta: { open: true },
  },
  {
    path: '/doctors/:id',
    name: 'doctor',
    component: () => import('./pages/doctors/DoctorPage.vue'),
    props: true,
    meta: { open: true },
  },
  {
    path: '/apply/:doctorId/:step(who|complaint|notice)?',
    name: 'apply',
    component: () => import('./pages/apply/ApplyPage.vue'),
    props: true,
  },
  { path: '/visits', name: 'visits', component: () => import('./pages/visits/VisitsPage.vue') },
  { path: '/visits/:id', name: 'visit', component: () => import('./pages/visits/VisitPage.vue'), props: true },
  { path: '/messages', name: 'messages', component: () => import('./pages/messages/MessagesPage.vue') },
  {
    path: '/messages/search',
    name: 'messages-search',
    component: () => import('./pages/messages/SearchPage.vue'),
  },
  {
    path: '/messages/:id/about',
    name: 'conversation-about',
    component: () => import('./pages/messages/AboutPage.vue'),
    props: true,
  },
  {
    path: '/messages/:id',
    name: 'conversation',
    component: () => import('./pages/messages/ConversationPage.vue'),
    props: true,
  },
  { path: '/me', name: 'me', component: () => import('./pages/me/MePage.vue') },
  { path: '/me/name', name: 'name', component: () => import('./pages/me/NamePage.vue') },
  { path: '/me/real-name', name: 'real-name', component: () => import('./pages/real-name/RealNamePage.vue') },
  {
    path: '/me/real-name/counter',
    name: 'counter-code',
    component: () => import('./pages/real-name/CounterCodePage.vue'),
  },
  {
    path: '/me/real-name/camera',
    name: 'real-name-camera',
    component: () => import('./pages/real-name/CameraPage.vue'),
  },
  {
    path: '/face-requests/:id',
    name: 'face-request',
    component: () => import('./pages/real-name/FaceRequestPage.vue'),
    props: true,
  },
  { path: '/me/cards', name: 'cards', component: () => import('./pages/cards/CardsPage.vue') },
  { path: '/me/cards/e-health', name: 'e-health', component: () => import('./pages/cards/EHealthPage.vue') },
  {
    path: '/me/past-visits',
    name: 'past-visits',
    component: () => import('./pages/past-visits/PastVisitsPage.vue'),
  },
  { path: '/me/data', name: 'data-copies', component: () => import('./pages/data/DataCopiesPage.vue') },
  { path: '/me/restrictions', name: 'restrictions', component: () => import('./pages/me/RestrictionsPage.vue') },
  {
    path: '/me/record-openings',
    name: 'record-openings',
    component: () => import('./pages/me/RecordOpeningsPage.vue'),
  },
  { path: '/me/consents', name: 'consents', component: () => import('./pages/consents/ConsentsPage.vue') },
  { path: '/me/family', name: 'family', component: () => import('./pages/family/FamilyPage.vue') },
  { path: '/me/family/add', name: 'family-add', component: () => import('./pages/family/AddMemberPage.vue') },
  { path: '/me/display', name: 'display', component: () => import('./pages/me/DisplayPage.vue') },
  {
    path: '/me/notifications',
    name: 'notifications',
    component: () => import('./pages/me/NotificationsPage.vue'),
  },
  {
    path: '/me/sign-in-methods',
    name: 'sign-in-methods',
    component: () => import('./pages/sign-in-methods/SignInMethodsPage.vue'),
  },
  {
    path: '/me/sign-in-methods/phone',
    name: 'change-phone',
    component: () => import('./pages/sign-in-methods/ChangePhonePage.vue'),
  },
  {
    path: '/me/sign-in-methods/wechat',
    name: 'wechat-added',
    component: () => import('./pages/sign-in-methods/AddedWechatPage.vue'),
  },
  { path: '/calls/:id', name: 'call', component: () => import('./pages/calls/CallPage.vue'), props: true },
  { path: '/me/call-check', name: 'call-check', component: () => import('./pages/call-check/CallCheckPage.vue') },
  { path: '/me/devices', name: 'devices', component: () => import('./pages/me/DevicesPage.vue') },
  { path: '/me/sign-ins', name: 'sign-ins', component: () => import('./pages/me/SignInsPage.vue') },
  { path: '/help', name: 'help', component: () => import('./pages/help/HelpPage.vue') },
  { path: '/:lost(.*)*', name: 'lost', component: () => import('./pages/help/LostPage.vue'), meta: { open: true } },
]

export const router = createRouter({ history: createWebHistory('/patient/'), routes })

/** An open page waits no longer than this to know who reads it. */
const KNOW_WITHIN_MS = 5000
const knownOrLate = Promise.race([restored, new Promise((late) => setTimeout(late, KNOW_WITHIN_MS))])

router.beforeEach(async (to) => {
  const entering = to.name === 'sign-in' || to.name === 'sign-up'
  if (to.meta.open && !entering) {
    // Pages belong to a person (App.vue): one shown before it is known who reads would begin anew under the reader's hand.
    await knownOrLate
    return true
  }
  await restored
  const signedIn = hospital.session.me !== null
  if (entering) return signedIn ? afterSignIn(to.query['back']) : true
  return signedIn || { name: 'sign-in', query: to.name === 'home' ? {} : { back: to.fullPath } }
})

/** Where to go after signing in: the page that asked for it, never another site. */
export function afterSignIn(back: unknown): RouteLocationRaw {
  return typeof back === 'string' && /^\/(?![/\\])/.test(back) ? back : { name: 'home' }
}

/** One step back where this app was before, else to the page above. */
export function goBack(above: RouteLocationRaw): void {
  if (window.history.state?.back) router.back()
  else void router.replace(above)
}
