import type { Api } from '../routes'
import type { FileLink, FileVariant } from '../types'

/** A link that ends within this time is asked for again. */
const SPARE_MS = 30_000

/** Links to files of messages, kept as long as they are good. */
export class Links {
  private readonly known = new Map<string, Promise<FileLink>>()

  constructor(
    private readonly api: Api['messaging'],
    private readonly now: () => number,
  ) {}

  async link(id: string, seq: number, variant: FileVariant): Promise<string> {
    const key = `${id} ${seq} ${variant}`
    const held = await this.known.get(key)?.catch(() => null)
    if (held && Date.parse(held.expires_at) - this.now() > SPARE_MS) return held.url
    const asked = this.api.link(id, seq, variant)
    this.known.set(key, asked)
    asked.catch(() => this.known.delete(key))
    return (await asked).url
  }

  /** It was recalled: nothing of it stays. */
  forget(id: string, seq: number): void {
    for (const key of this.known.keys()) if (key.startsWith(`${id} ${seq} `)) this.known.delete(key)
  }
}
