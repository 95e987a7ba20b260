import { readAll } from '@yunzhen/client'
import type { ApiError, Hospital, Notice, Visit } from '@yunzhen/client'
import { asApiError } from '@yunzhen/client'
import { useConnection, useHospital, useNotices } from '@yunzhen/client/vue'
import { announce } from '@yunzhen/ui'
import { computed, inject, onScopeDispose, provide, ref, shallowRef } from 'vue'
import type { ComputedRef, InjectionKey, Ref, ShallowRef } from 'vue'

import { t } from '../words'

/** The doctor's day: who waits and who is being talked to, kept up to date by notices. */
export interface Worklist {
  /** Applied, longest waiting first. */
  waiting: ComputedRef<Visit[]>
  /** Accepted or in progress, latest started first. */
  ongoing: ComputedRef<Visit[]>
  loaded: Ref<boolean>
  error: ShallowRef<ApiError | null>
  /** Any visit seen since the page opened, its newest version. */
  find: (id: string) => Visit | undefined
  /** Takes a newer version of a visit, as after accepting it. */
  put: (visit: Visit) => void
  read: (id: string) => Promise<Visit>
  reload: () => Promise<void>
}

const WORKLIST: InjectionKey<Worklist> = Symbol('worklist')
const WITHOUT_SOCKET_MS = 60_000
const OPENING_MS = 4_000

export function useWorklist(): Worklist {
  const worklist = inject(WORKLIST)
  if (!worklist) throw new Error('no worklist: this page is for clinicians')
  return worklist
}

export function provideWorklist(): Worklist {
  const hospital = useHospital()
  const worklist = makeWorklist(hospital)
  provide(WORKLIST, worklist)
  useNotices(['visit.'], (notice) => void follow(worklist, notice), 150)

  const { live } = useConnection()
  const timer = setInterval(() => {
    if (!live.value && document.visibilityState === 'visible') void worklist.reload()
  }, WITHOUT_SOCKET_MS)
  // A notice may be lost: whoever was accepted is asked for until the conversation is there.
  const opening = setInterval(() => {
    const visit = worklist.ongoing.value.find(({ state }) => state === 'accepted')
    if (visit && document.visibilityState === 'visible') void worklist.read(visit.id).catch(() => undefined)
  }, OPENING_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    clearInterval(opening)
  })
  void worklist.reload()
  return worklist
}

/** One visit's notice: read that visit. Without one (after a reconnect): read everything. */
async function follow(worklist: Worklist, notice: Notice | null): Promise<void> {
  if (!notice) return worklist.reload()
  const known = worklist.find(notice.subject)
  if (known && known.version >= notice.sequence) return
  try {
    const visit = await worklist.read(notice.subject)
    if (!known && visit.state === 'applied') announce(t('queue.arrived', { name: visit.patient.name }))
  } catch {
    await worklist.reload()
  }
}

function makeWorklist({ api }: Hospital): Worklist {
  const visits = shallowRef<ReadonlyMap<string, Visit>>(new Map())
  const loaded = ref(false)
  const error = shallowRef<ApiError | null>(null)

  const inState = (states: Visit['state'][]) => [...visits.value.values()].filter(({ state }) => states.includes(state))
  const put = (...changed: Visit[]) => {
    const next = new Map(visits.value)
    for (const visit of changed) {
      if (visit.version >= (next.get(visit.id)?.version ?? 0)) next.set(visit.id, visit)
    }
    visits.value = next
  }

  async function reload(): Promise<void> {
    try {
      const [queue, accepted, running] = await Promise.all([
        readAll((query) => api.consultation.queue(query)),
        readAll((query) => api.consultation.visits({ ...query, state: 'accepted' })),
        readAll((query) => api.consultation.visits({ ...query, state: 'in_progress' })),
      ])
      const read = [...queue, ...accepted, ...running]
      const gone = missing(visits.value, read)
      put(...read)
      await Promise.all(gone.slice(0, 20).map((visit) => api.consultation.visit(visit.id).then(put, () => undefined)))
      error.value = null
      loaded.value = true
    } catch (reason) {
      error.value = asApiError(reason)
    }
  }

  return {
    waiting: computed(() => inState(['applied']).sort((a, b) => a.applied_at.localeCompare(b.applied_at))),
    ongoing: computed(() => inState(['accepted', 'in_progress']).sort((a, b) => began(b).localeCompare(began(a)))),
    loaded,
    error,
    find: (id) => visits.value.get(id),
    put: (visit) => put(visit),
    read: async (id) => {
      const visit = await api.consultation.visit(id)
      put(visit)
      return visit
    },
    reload,
  }
}

/** Visits that were open here and are in none of the lists any more: their end was missed. */
function missing(held: ReadonlyMap<string, Visit>, read: Visit[]): Visit[] {
  const ids = new Set(read.map((visit) => visit.id))
  return [...held.values()].filter(
    (visit) => !ids.has(visit.id) && ['applied', 'accepted', 'in_progress'].includes(visit.state),
  )
}

function began(visit: Visit): string {
  return visit.started_at ?? visit.accepted_at ?? visit.applied_at
}
