export interface Queue {
  name: string
  id: string
  stack: string
  fifo: boolean
  dead_letters: boolean
  reader: string | null
  waiting: number
  delayed: number
  in_flight: number
  oldest_seconds: number | null
  most_receives: number | null
}

export interface OnItsWay {
  id: string
  target: string
  attempt: number
  due_in_seconds: number
  why: string
}

export interface Queues {
  items: Queue[]
  on_their_way: OnItsWay[]
  deliveries: { seed: number | null; late: number; doubled: number; longest_seconds: number }
}

export interface Letter {
  id: string
  queue: string
  came_by: 'rule' | 'call' | 'stream' | 'queue'
  to: string
  why: string
  tries: number
  body: string
  sent_at: number
  attributes: Record<string, string>
}

export interface Letters {
  items: Letter[]
  total: number
}

export type NotSentCode = 'gone' | 'no_target' | 'no_function' | 'not_kept' | 'not_taken' | 'no_source'

export interface SentAgain {
  sent: number
  problems: { id: string; code: NotSentCode; why: string }[]
}

export interface HospitalEvent {
  n: number
  at: number
  bus: string
  id: string
  type: string
  source: string
  subject: string
  sequence: string
  text: unknown
  went: { to: string; kind: 'queue' | 'function' | 'workflow' | 'http'; late?: number; doubled?: boolean; failed?: string }[]
}

export interface Events {
  items: HospitalEvent[]
  before: number | null
}

/** `MessagingOnVisitChangedNotifyQueue` without what every queue is called. */
export function shortName(id: string): string {
  return id.replace(/(Queue|DeadLetters)$/, '')
}
