import type { Api, ReferenceItem } from '@yunzhen/client'

export interface ConsultationNotice {
  title: string
  text: string
  applies_to: string
}

/** The notice that holds for text consultations at this organisation now, or null when there is none. */
export async function currentNotice(
  api: Api,
  organisationId: string,
): Promise<ReferenceItem<ConsultationNotice> | null> {
  const { items } = await api.directory.items<ConsultationNotice>('consultation_notices', {
    retired: false,
    organisation_id: organisationId,
    limit: 100,
  })
  const fitting = items.filter(({ content }) => content.applies_to === 'text_consultation')
  // The organisation's own notice goes before the one for everybody.
  return fitting.find(({ organisation_id }) => organisation_id === organisationId) ?? fitting[0] ?? null
}
