import type { Connection } from '../connection/connection'

const TYPING_SAID_EVERY_MS = 3_000
const TYPING_SHOWN_MS = 6_000

/** What may get lost without harm: who is writing just now. */
export class Whispers {
  private readonly said = new Map<string, number>()
  private readonly heard = new Map<string, Map<string, ReturnType<typeof setTimeout>>>()

  constructor(
    private readonly connection: Connection,
    /** Called with who is writing in that conversation. */
    private readonly show: (id: string, personIds: string[]) => void,
  ) {}

  /** Call at every key: the others are told at most every three seconds. */
  typing(id: string): void {
    const now = Date.now()
    if (now - (this.said.get(id) ?? -Infinity) < TYPING_SAID_EVERY_MS) return
    if (this.connection.send({ action: 'typing', conversation_id: id })) this.said.set(id, now)
  }

  /** My message is out: the next key is told at once. */
  sent(id: string): void {
    this.said.delete(id)
  }

  hear(id: string, personId: string): void {
    const here = this.heard.get(id) ?? new Map<string, ReturnType<typeof setTimeout>>()
    this.heard.set(id, here)
    const before = here.get(personId)
    if (before) clearTimeout(before)
    here.set(
      personId,
      setTimeout(() => this.stopped(id, personId), TYPING_SHOWN_MS),
    )
    this.show(id, [...here.keys()])
  }

  /** Their message is here, or it is long since they wrote. */
  stopped(id: string, personId: string): void {
    const here = this.heard.get(id)
    const timer = here?.get(personId)
    if (!here || !timer) return
    clearTimeout(timer)
    here.delete(personId)
    this.show(id, [...here.keys()])
  }

  close(): void {
    for (const here of this.heard.values()) for (const timer of here.values()) clearTimeout(timer)
    this.heard.clear()
  }
}
