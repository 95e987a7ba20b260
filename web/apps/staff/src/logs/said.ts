/** How the house's log says things: acts and sorts of records have words; what has none shows its code. */
import type { Whom } from '@yunzhen/client'

import type { StaffWord } from '../words'
import { t } from '../words'

export function saidAct(act: string): string {
  return wordOr(`acts.${act.replaceAll('.', '_')}`, act)
}

export function saidKind(kind: string): string {
  return wordOr(`kinds.${kind}`, kind)
}

/** A name where the house may know it; otherwise what they are, and the end of their id to tell them apart. */
export function saidWhom(who: Whom): string {
  if (who.name) return who.name
  if (who.system) return t('logs.system')
  if (who.role === 'patient') return `${t('logs.patient')} ${who.id.slice(-6)}`
  return who.role ? `${t(`role.${who.role}`)} ${who.id.slice(-6)}` : t('logs.nobody')
}

function wordOr(name: string, otherwise: string): string {
  const said = t(name as StaffWord)
  return said === name ? otherwise : said
}
