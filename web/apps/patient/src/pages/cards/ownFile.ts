import type { HisFile } from '@yunzhen/client'
import { useActing, useHospital, useSession } from '@yunzhen/client/vue'
import { computed, onMounted, ref, shallowRef } from 'vue'

/**
 * One's file in the hospital's own system, opened at the first use, and what is read of it then. Nothing is asked for
 * before it is known who one is; an error hides nothing that is there.
 */
export function useOwnFile(read: () => Promise<void>) {
  const { api } = useHospital()
  const { me } = useSession()
  const file = shallowRef<HisFile | null>(null)
  const { busy, error, through } = useActing()
  const opening = ref(false)
  const stuck = computed(() => {
    const state = file.value?.state
    return state === 'waiting' || state === 'refused' || state === 'disputed' ? state : null
  })

  const open = () =>
    through(async () => {
      file.value = await api.cards.file()
      opening.value = file.value.state !== 'open'
      if (opening.value) file.value = await api.cards.openFile()
      if (file.value.state === 'open') await read()
    })

  onMounted(() => me.value?.verified && open())
  return { error, busy, opening, stuck, through, open }
}

export type OwnFile = ReturnType<typeof useOwnFile>
