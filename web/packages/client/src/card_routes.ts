import type { components } from './api'
import type { Http } from './http'

type Schemas = components['schemas']

/** How far one's file in the hospital's own system is. */
export type HisFile = Schemas['HisFileView']
/** A visit card, an insurance card or a record number. */
export type HisCard = Schemas['HisCardView']
/** One's cards in one's own order. */
export type HisCards = Schemas['HisCardsView']

/** Channels of e-health cards, and what was applied for through them. */
export type HealthCards = Schemas['HealthCardsView']
export type HealthCard = Schemas['HealthCardView']
export type HealthCardChannel = Schemas['ChannelView']
/** What a reader takes for a card now. */
export type CardCode = Schemas['CodeView']

/** When one was at the hospital before. */
export type PastVisits = Schemas['PastVisitsView']
export type PastVisit = Schemas['PastVisitView']

const whose = (memberId?: string) => (memberId ? { family_member_id: memberId } : {})

/** The routes of one's file and cards in the hospital's own system. */
export function createCardApi(http: Http) {
  return {
    file: () => http.request<HisFile>({ method: 'GET', path: '/identity/his-file' }),
    openFile: (key?: string) =>
      http.request<HisFile>({ method: 'POST', path: '/identity/his-file', body: {}, ...(key ? { key } : {}) }),
    all: () => http.request<HisCards>({ method: 'GET', path: '/identity/cards' }),
    pastVisits: (years: number) =>
      http.request<PastVisits>({ method: 'GET', path: '/identity/past-visits', query: { years } }),
    /** One's own, or those of a member of the family for whom one acts. */
    eHealth: (memberId?: string) =>
      http.request<HealthCards>({ method: 'GET', path: '/identity/health-cards', query: whose(memberId) }),
    applyForCard: (wish: { channel: string; memberId?: string | undefined; grant?: string | undefined }, key?: string) =>
      http.request<HealthCard>({
        method: 'POST',
        path: '/identity/health-cards',
        body: { channel: wish.channel, ...whose(wish.memberId), ...(wish.grant ? { grant: wish.grant } : {}) },
        ...(key ? { key } : {}),
      }),
    code: (cardId: string, memberId?: string) =>
      http.request<CardCode>({ method: 'GET', path: `/identity/health-cards/${cardId}/code`, query: whose(memberId) }),
    /** Without a default that stays as it is. */
    arrange: (cardIds: string[], defaultId?: string, key?: string) =>
      http.request<HisCards>({
        method: 'PUT',
        path: '/identity/cards/order',
        body: { card_ids: cardIds, ...(defaultId ? { default_id: defaultId } : {}) },
        ...(key ? { key } : {}),
      }),
  }
}

export type CardApi = ReturnType<typeof createCardApi>
