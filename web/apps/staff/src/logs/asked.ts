/** What both logs are asked for, in the address: whose log, which person, from which day to which. */
import type { LogQuery } from '@yunzhen/client'
import { computed } from 'vue'
import type { ComputedRef, WritableComputedRef } from 'vue'

import { useClearedAddress, useInAddress } from '../tables/address'

export interface Asked {
  organisation: WritableComputedRef<string>
  who: WritableComputedRef<string>
  role: WritableComputedRef<string>
  since: WritableComputedRef<string>
  until: WritableComputedRef<string>
  query: ComputedRef<LogQuery>
  filtered: ComputedRef<boolean>
  /** Everything but whose log it is. */
  clear: () => void
}

/** Days are the clinic's, from midnight to midnight in China, wherever the reader sits. */
const BEGIN = 'T00:00:00.000+08:00'
const END = 'T23:59:59.999+08:00'

export function useAsked(): Asked {
  const organisation = useInAddress('organisation')
  const [who, role] = [useInAddress('who'), useInAddress('role')]
  const [since, until] = [useInAddress('since'), useInAddress('until')]
  const query = computed(() => ({
    ...(organisation.value ? { organisation_id: organisation.value } : {}),
    ...(who.value ? { who: who.value } : {}),
    ...(role.value ? { role: role.value } : {}),
    ...(since.value ? { since: since.value + BEGIN } : {}),
    ...(until.value ? { until: until.value + END } : {}),
  }))
  const filtered = computed(() => [who, role, since, until].some((one) => one.value !== ''))
  const clear = useClearedAddress(['who', 'role', 'since', 'until', 'record', 'outcome'])
  return { organisation, who, role, since, until, query, filtered, clear }
}
