import { Intent, sendScan } from '@yunzhen/client'
import type { Paper } from '@yunzhen/client'
import { useHospital } from '@yunzhen/client/vue'
import { computed, onScopeDispose, ref } from 'vue'

import { t } from '../words'

/** A scan on its way to a paper of one's own; it is given up with the page. */
export function useScanSending() {
  const { api } = useHospital()
  /** Which share is out, 0…1; null while it is checked, and undefined while nothing is sent. */
  const share = ref<number | null | undefined>(undefined)
  const intent = new Intent()
  let abort = new AbortController()

  /** Sends it and attaches it. Rejects with an ApiError. */
  async function send(paperId: string, file: File): Promise<Paper> {
    abort = new AbortController()
    share.value = 0
    try {
      const told = (now: number | null) => (share.value = now)
      const uploadId = await sendScan(api.messaging, paperId, file, { told, signal: abort.signal })
      return await api.staff.attachScan(paperId, uploadId, intent.keyFor({ paperId, uploadId }))
    } finally {
      share.value = undefined
    }
  }

  const said = computed(() => {
    if (share.value === undefined) return ''
    return share.value === null ? t('paper.checking') : t('paper.sending', { share: Math.round(share.value * 100) })
  })
  onScopeDispose(() => abort.abort())
  return { share, said, send }
}
