import { saidNames } from '../words/names'
import { tShared } from '../words/shared'
import { saidClockLength, saidLength } from './said'

/** A message's content as it came: what it holds depends on its type, and newer types may be unknown here. */
export type Content = object
type Fields = Readonly<Record<string, unknown>>

/** What a bubble draws. Sizes in px and bytes, lengths in milliseconds; 0: not told. */
export type Shown =
  | { kind: 'text'; text: string }
  | { kind: 'image'; name: string; width: number; height: number }
  | { kind: 'voice'; milliseconds: number }
  | { kind: 'video'; milliseconds: number; width: number; height: number; size: number; cover: boolean }
  | { kind: 'file'; name: string; size: number }
  | { kind: 'card'; of: string }
  | { kind: 'measurement'; title: string; value: string; unit: string; at: string | null; note: string }
  | { kind: 'recalled' }
  | { kind: 'system'; words: string }
  | { kind: 'unknown' }

/** Reads a content. What is not as its type wants it is shown as an unknown one, never as a broken page. */
export function shownAs(type: string, given: Content): Shown {
  const content = given as Fields
  switch (type) {
    case 'text':
      return typeof content['text'] === 'string' ? { kind: 'text', text: content['text'] } : { kind: 'unknown' }
    case 'image':
      return { kind: 'image', name: text(content, 'name'), ...area(content) }
    case 'voice':
      return { kind: 'voice', milliseconds: number(content, 'milliseconds') }
    case 'video':
      return {
        kind: 'video',
        milliseconds: number(content, 'milliseconds'),
        ...area(content),
        size: number(content, 'size'),
        cover: content['has_cover'] === true,
      }
    case 'file':
      return { kind: 'file', name: text(content, 'name'), size: number(content, 'size') }
    case 'card':
      return { kind: 'card', of: text(inside(content, 'card'), 'type') }
    case 'x-measurement':
      return measurement(content)
    case 'recalled':
      return { kind: 'recalled' }
    case 'system':
      return { kind: 'system', words: systemWords(content) }
    default:
      return { kind: 'unknown' }
  }
}

/** A message in one line, as lists of conversations and search results say it. */
export function inOneLine(type: string, content: Content): string {
  const shown = shownAs(type, content)
  switch (shown.kind) {
    case 'text':
      return shown.text
    case 'system':
      return shown.words
    case 'voice':
      return `${tShared('talk.line.voice')} ${saidLength(shown.milliseconds)}`
    case 'file':
      return `${tShared('talk.line.file')} ${shown.name}`
    case 'measurement':
      return `${tShared('talk.line.measurement')} ${shown.title} ${shown.value}`
    default:
      return type === 'recall' ? tShared('talk.line.recalled') : tShared(`talk.line.${shown.kind}`)
  }
}

/** What the hospital tells in a line of its own: its words as they are, or an event with who it was about. */
export function systemWords(given: Content): string {
  const content = given as Fields
  const said = text(content, 'text')
  const facts = { name: text(content, 'name'), by: text(content, 'by'), text: said }
  switch (content['event']) {
    case 'joined':
      return tShared('talk.system.joined', { name: people(content) })
    case 'left':
      return tShared('talk.system.left', { name: people(content) })
    case 'removed':
      return tShared('talk.system.removed', { name: people(content) })
    case 'renamed':
      return tShared('talk.system.renamed', facts)
    case 'notice':
      return said ? tShared('talk.system.notice', facts) : tShared('talk.system.noticeGone')
    case 'opened': {
      const by = text(inside(content, 'by'), 'name')
      return said || (by ? tShared('talk.system.openedBy', { by, name: people(content) }) : tShared('talk.system.opened'))
    }
    case 'call':
      return callWords(content)
    case 'closed':
      return said || tShared('talk.system.closed')
    default:
      return said || tShared('talk.line.unknown')
  }
}

/** The call that a line of the hospital's tells of; '' for every other line. */
export function callOf(content: Content): string {
  return (content as Fields)['event'] === 'call' ? text(content as Fields, 'call_id') : ''
}

/** What a call came to, as its line in the conversation says it. */
function callWords(content: Fields): string {
  const media = tShared(content['media'] === 'audio' ? 'calls.record.audio' : 'calls.record.video')
  const outcome = CALL_OUTCOMES.find((one) => one === content['outcome']) ?? 'failed'
  return tShared(`calls.record.${outcome}`, { media, time: saidClockLength(number(content, 'seconds') * 1000) })
}

const CALL_OUTCOMES = ['completed', 'missed', 'declined', 'busy', 'failed', 'cancelled'] as const

function people(content: Fields): string {
  const listed: unknown[] = Array.isArray(content['members']) ? content['members'] : []
  const names = listed.map((one) => text(one as Fields, 'name')).filter(Boolean)
  if (names.length > 0) return saidNames(names)
  return text(inside(content, 'member'), 'name') || text(content, 'name')
}

const MEASURED_KINDS = ['blood_pressure', 'blood_glucose', 'heart_rate', 'temperature', 'weight', 'oxygen'] as const
const UNITS: Readonly<Record<string, string>> = { '/min': 'bpm', Cel: '°C' }

/** `{kind, value, second?, unit, measured_at, note}`; the second value is the lower one of a blood pressure. */
function measurement(content: Fields): Shown {
  const kind = MEASURED_KINDS.find((one) => one === content['kind'])
  const [value, second] = [content['value'], content['second']]
  if (typeof value !== 'number') return { kind: 'unknown' }
  const unit = text(content, 'unit')
  return {
    kind: 'measurement',
    title: tShared(`talk.measured.${kind ?? 'other'}`),
    value: typeof second === 'number' ? `${value}/${second}` : String(value),
    unit: UNITS[unit] ?? unit,
    at: text(content, 'measured_at') || null,
    note: text(content, 'note'),
  }
}

function area(content: Fields): { width: number; height: number } {
  return { width: number(content, 'width'), height: number(content, 'height') }
}

function text(content: Fields | null | undefined, name: string): string {
  const value = content?.[name]
  return typeof value === 'string' ? value : ''
}

function number(content: Fields, name: string): number {
  const value = content[name]
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}

function inside(content: Fields, name: string): Fields {
  const value = content[name]
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
