import type { components } from './api'
import type { Http } from './http'
import type { Terminal } from './organisation_routes'

type Schemas = components['schemas']

/** Who came back from WeChat: signed in, or to show their phone first. */
export type WechatShown = Schemas['WechatShown']
/** By what one signs in. */
export type SignInMethods = Schemas['SignInMethods']
export type WechatMethod = SignInMethods['wechats'][number]
/** A code on its way, for a change of it. */
export type MethodCodeSent = Schemas['MethodCodeSent']
/** What WeChat sends the browser back with. */
export type FromWechat = Schemas['FinishWechat']
export type PhoneShown = Schemas['ShowPhone']
export type PhoneChange = Schemas['ChangePhone']

/** Where one stands: at which terminal, of which organisation, if not the platform's. */
export interface StandsAt {
  terminal: Terminal
  organisation_id?: string
}

/** The routes of signing in by WeChat, and of by what one signs in. */
export function createSignInApi(http: Http) {
  const send = <Answer>(method: 'POST' | 'PUT', path: string, body: object, key?: string) =>
    http.request<Answer>({ method, path, body, ...(key ? { key } : {}) })
  const open = <Answer>(path: string, body: object) =>
    http.request<Answer>({ method: 'POST', path, body, anonymous: true })
  return {
    beginWechat: (place: StandsAt) => open<{ address: string }>('/identity/wechat-attempts', place),
    finishWechat: (back: FromWechat) => open<WechatShown>('/identity/wechat-sessions', back),
    showPhone: (shown: PhoneShown) => open<Schemas['SessionOpened']>('/identity/wechat-sign-ups', shown),
    methods: () => http.request<SignInMethods>({ method: 'GET', path: '/identity/sign-in-methods' }),
    sendCode: (phone?: string) => send<MethodCodeSent>('POST', '/identity/sign-in-methods/codes', phone ? { phone } : {}),
    beginAdding: (code: string, place: StandsAt, key?: string) =>
      send<{ address: string }>('POST', '/identity/sign-in-methods/wechat-attempts', { code, ...place }, key),
    add: (back: FromWechat, key?: string) => send<SignInMethods>('POST', '/identity/sign-in-methods', back, key),
    remove: (id: string, code: string, key?: string) =>
      send<SignInMethods>('POST', `/identity/sign-in-methods/${encodeURIComponent(id)}/removal`, { code }, key),
    changePhone: (change: PhoneChange, key?: string) =>
      send<SignInMethods>('PUT', '/identity/sign-in-methods/phone', change, key),
  }
}

export type SignInApi = ReturnType<typeof createSignInApi>
