import type { Conversation, Visit } from '@yunzhen/client'

/** What the one big card on the home page is about. */
export type Next =
  | { kind: 'start' }
  | { kind: 'waiting' | 'talk' | 'finished' | 'refused' | 'expired'; visit: Visit }
  | { kind: 'unread'; visit: Visit; unread: number }

/** How long the end of a visit is news, unless it was looked at before. */
const NEWS_MS = 3 * 86_400_000

/**
 * The one thing that matters most now: a doctor who wrote, a doctor who waits for me, my waiting,
 * then the outcome of a visit I have not looked at; otherwise a new start.
 */
export function whatIsNext(
  visits: readonly Visit[],
  conversations: readonly Conversation[],
  { now, seen }: { now: Date; seen: (visitId: string) => boolean },
): Next {
  const unreadOf = (visit: Visit) => conversations.find(({ id }) => id === visit.conversation_id)?.unread ?? 0
  const talking = visits.filter(({ state }) => state === 'accepted' || state === 'in_progress')
  const written = talking.find((visit) => unreadOf(visit) > 0)
  if (written) return { kind: 'unread', visit: written, unread: unreadOf(written) }
  if (talking[0]) return { kind: 'talk', visit: talking[0] }
  const waiting = visits.find(({ state }) => state === 'applied')
  if (waiting) return { kind: 'waiting', visit: waiting }
  const news = [...visits].filter((visit) => isNews(visit, now) && !seen(visit.id)).sort(byEnd)[0]
  if (news?.state === 'finished' || news?.state === 'refused' || news?.state === 'expired') {
    return { kind: news.state, visit: news }
  }
  return { kind: 'start' }
}

function endOf(visit: Visit): number {
  return new Date(visit.ended_at ?? visit.answer_by).getTime()
}

function isNews(visit: Visit, now: Date): boolean {
  return ['finished', 'refused', 'expired'].includes(visit.state) && now.getTime() - endOf(visit) < NEWS_MS
}

function byEnd(a: Visit, b: Visit): number {
  return endOf(b) - endOf(a)
}

const KEPT_UNDER = 'yunzhen.seen_visits'

/** Visits whose outcome was opened on this device; the last hundred are kept. */
export const seenVisits = {
  has(id: string): boolean {
    return readSeen().includes(id)
  },
  add(id: string): void {
    const seen = readSeen()
    if (seen.includes(id)) return
    try {
      localStorage.setItem(KEPT_UNDER, JSON.stringify([...seen, id].slice(-100)))
    } catch {
      // Without storage the card shows the outcome again: harmless.
    }
  },
}

function readSeen(): string[] {
  try {
    return JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '[]') as string[]
  } catch {
    return []
  }
}
