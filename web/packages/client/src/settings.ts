export interface SiteSettings {
  /** Where the API starts, without a slash at its end: "/api" or "https://api.example.org". */
  api_base: string
  profile: string
}

/** Reads `/config.json` once; a site that has none is served with its API beside it. */
export async function loadSettings(fetcher: typeof fetch = fetch): Promise<SiteSettings> {
  const standard: SiteSettings = { api_base: '/api', profile: 'production' }
  try {
    const answer = await fetcher('/config.json', { cache: 'no-cache' })
    if (!answer.ok) return standard
    const read = (await answer.json()) as Partial<SiteSettings>
    return { ...standard, ...read, api_base: (read.api_base ?? standard.api_base).replace(/\/+$/, '') }
  } catch {
    // No network at page load: the address of the API is known all the same.
    return standard
  }
}
