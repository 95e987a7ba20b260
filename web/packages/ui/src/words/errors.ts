import { saidDuration, saidTime } from '../time/said'
import english from './errors.en.json'
import chinese from './errors.zh.json'
import { language, type Language } from './language'
import { fill } from './words'

/** What happened, what it means (when that is not plain), what to do. */
export interface ErrorWords {
  said: string
  meaning?: string
  next: string
}

const KNOWN: Record<Language, Record<string, ErrorWords>> = { zh: chinese, en: english }

/** For a code that this build of the pages does not know yet. */
const UNKNOWN: Record<Language, ErrorWords> = {
  zh: { said: '这一步没有完成。', next: '请稍后再试；急的话请把下面的编号告诉客服。' },
  en: { said: 'This was not done.', next: 'Try again later. If it is urgent, tell support the number below.' },
}
const A_WHILE: Record<Language, string> = { zh: '一会儿', en: 'a while' }

/** Turns a code and its facts into words: seconds become “3 分钟”, moments “今天 14:30”. */
export function errorWords(
  code: string,
  facts: Record<string, unknown> = {},
  inLanguage: Language = language.value,
): ErrorWords {
  const words = KNOWN[inLanguage][code] ?? UNKNOWN[inLanguage]
  const told = toldFacts(facts, inLanguage)
  const say = (text: string) => fill(text, told)
  return { said: say(words.said), next: say(words.next), ...(words.meaning ? { meaning: say(words.meaning) } : {}) }
}

function toldFacts(facts: Record<string, unknown>, inLanguage: Language): Record<string, string> {
  const told: Record<string, string> = { retry_after_seconds: A_WHILE[inLanguage] }
  for (const [name, value] of Object.entries(facts)) {
    if (name.endsWith('_seconds') && typeof value === 'number') told[name] = saidDuration(value, inLanguage)
    else if (name.endsWith('_at') && typeof value === 'string') told[name] = saidTime(value, { inLanguage })
    else if (typeof value === 'string' || typeof value === 'number') told[name] = String(value)
  }
  return told
}
