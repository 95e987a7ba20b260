/** What a permission lets somebody do, in words; what has none shows its code. */
import type { StaffWord } from '../words'
import { t } from '../words'

export function saidPermission(permission: string): string {
  const name = `permission.${permission.replace(':', '_')}`
  const said = t(name as StaffWord)
  return said === name ? permission : said
}
