import type { components } from './api'
import type { Http } from './http'

type Schemas = components['schemas']

/** Who a patient was verified as; the number is masked. */
export type Identity = Schemas['IdentityView']
/** Digits to be shown at a counter. */
export type CounterCode = Schemas['CounterCodeShown']
/** A member of staff looks at the card of whoever showed the digits. */
export type CounterCheck = Schemas['CounterCheckView']

/** Another number for who lost their phone, at a counter. */
export type LostPhone = Schemas['LostPhoneView']

/** What stands on a card. */
export interface CardWords {
  name: string
  id_number: string
}

/** The routes of real names: patients show who they are, staff check at a counter. */
export function createRealNameApi(http: Http) {
  const post = <Answer>(path: string, body: object, key?: string) =>
    http.request<Answer>({ method: 'POST', path, body, ...(key ? { key } : {}) })
  return {
    mine: () => http.request<Identity>({ method: 'GET', path: '/identity/real-name' }),
    prove: (words: CardWords, key?: string) => post<Identity>('/identity/real-name', words, key),
    counterCode: () => post<CounterCode>('/identity/counter-codes', {}),
    beginCheck: (code: string, key?: string) => post<CounterCheck>('/identity/counter-checks', { code }, key),
    beginLostPhone: (words: CardWords & { phone: string }, key?: string) =>
      post<LostPhone>('/identity/lost-phones', words, key),
    finishLostPhone: (id: string, code: string, key?: string) =>
      post<LostPhone>(`/identity/lost-phones/${encodeURIComponent(id)}/confirm`, { code }, key),
    confirmCheck: (id: string, words: CardWords, key?: string) =>
      post<CounterCheck>(`/identity/counter-checks/${encodeURIComponent(id)}/confirm`, words, key),
  }
}

export type RealNameApi = ReturnType<typeof createRealNameApi>
