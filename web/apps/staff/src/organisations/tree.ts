import type { Organisation } from '@yunzhen/client'

/** An organisation and how deep it stands below the one at the top of the page. */
export interface Placed {
  organisation: Organisation
  depth: number
}

/**
 * Those that somebody keeps, each followed by those below it: their own organisation and all below, or everything
 * for the platform's operators (`own` is null). One whose parent is not shown stands at the top.
 */
export function placed(all: readonly Organisation[], own: string | null): Placed[] {
  const known = new Set(all.map((one) => one.id))
  const isTop = (one: Organisation) => (own ? one.id === own : one.parent_id === null || !known.has(one.parent_id))
  const seen = new Set<string>()
  const below = (organisation: Organisation, depth: number): Placed[] => {
    if (seen.has(organisation.id)) return []
    seen.add(organisation.id)
    const inner = all.filter((one) => one.parent_id === organisation.id).flatMap((one) => below(one, depth + 1))
    return [{ organisation, depth }, ...inner]
  }
  return all.filter(isTop).flatMap((one) => below(one, 0))
}
