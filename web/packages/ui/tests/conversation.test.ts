import { describe, expect, it } from 'vitest'

import { conversationRows, type ShownMessage } from '../src/list/conversation'

const me = { person_id: 'per_me', name: '王秀兰' }
const doctor = { person_id: 'per_doctor', name: '刘桂英' }

function message(seq: number, sender: ShownMessage['sender'], sent_at: string): ShownMessage {
  return {
    seq,
    id: sender ? `client-${seq}` : null,
    sender,
    type: sender ? 'text' : 'system',
    content: { text: '' },
    sent_at,
  }
}

const kinds = (rows: { kind: string }[]) => rows.map(({ kind }) => kind)

describe('rows of a conversation', () => {
  it('are none of none', () => {
    expect(conversationRows([], [], { myId: 'per_me' })).toEqual([])
  })

  it('have a line for the first message, each new day and each long pause', () => {
    const rows = conversationRows(
      [
        message(1, null, '2026-11-20T15:50:00Z'),
        message(2, doctor, '2026-11-20T15:58:00Z'),
        message(3, me, '2026-11-20T16:01:00Z'), // past midnight in Shanghai
        message(4, doctor, '2026-11-20T16:11:30Z'),
      ],
      [],
      { myId: 'per_me' },
    )
    expect(kinds(rows)).toEqual(['moment', 'system', 'message', 'moment', 'message', 'moment', 'message'])
  })

  it('tell mine from the other’s', () => {
    const rows = conversationRows(
      [message(1, doctor, '2026-11-20T10:00:00Z'), message(2, me, '2026-11-20T10:00:01Z')],
      [],
      { myId: 'per_me' },
    )
    expect(rows.flatMap((row) => (row.kind === 'message' ? [row.own] : []))).toEqual([false, true])
  })

  it('draw one line where unread ones of the other begin', () => {
    const at = '2026-11-20T10:00:00Z'
    const given = [message(1, doctor, at), message(2, me, at), message(3, doctor, at), message(4, doctor, at)]
    expect(kinds(conversationRows(given, [], { myId: 'per_me', readUpTo: 1 }))).toEqual([
      'moment',
      'message',
      'message',
      'unread',
      'message',
      'message',
    ])
    expect(kinds(conversationRows(given, [], { myId: 'per_me', readUpTo: 4 }))).not.toContain('unread')
    expect(kinds(conversationRows(given, [], { myId: 'per_me' }))).not.toContain('unread')
  })

  it('keep their key when what was outgoing is stored', () => {
    const outgoing = { id: 'client-5', type: 'text', content: { text: '好' }, written_at: '2026-11-20T10:00:00Z', state: 'sending' as const }
    const before = conversationRows([], [outgoing], { myId: 'per_me' })
    const after = conversationRows([message(5, me, '2026-11-20T10:00:00Z')], [], { myId: 'per_me' })
    expect(before.at(-1)?.key).toBe(after.at(-1)?.key)
  })
})
