import { readAll, type Api, type Department, type Organisation, type ReferenceItem } from '@yunzhen/client'

/** Kinds of reference data that each organisation keeps for itself, as far as patients read them. */
export interface KeptByEach {
  faqs: { question: string; answer: string; order: number }
}

export interface OfOrganisation<Content> {
  organisation: Organisation
  items: ReferenceItem<Content>[]
}

/** The hospitals and clinics behind this site; a dozen at most. */
export function organisations(api: Api): Promise<Organisation[]> {
  return readAll((query) => api.organisations.all(query))
}

/** All departments, organisation by organisation, each in its order. */
export function departments(api: Api): Promise<Department[]> {
  return readAll((query) => api.organisations.departments(query))
}

/** What each organisation keeps of a kind, in its own order. A patient belongs to none, so each is asked. */
export async function keptByEach<Kind extends keyof KeptByEach>(
  api: Api,
  kind: Kind,
): Promise<OfOrganisation<KeptByEach[Kind]>[]> {
  const all = await organisations(api)
  return Promise.all(
    all.map(async (organisation) => {
      const items = await readAll((query) =>
        api.directory.items<KeptByEach[Kind]>(kind, { ...query, retired: false, organisation_id: organisation.id }),
      )
      return { organisation, items: items.sort((a, b) => a.content.order - b.content.order) }
    }),
  )
}
