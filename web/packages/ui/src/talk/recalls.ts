/** Own words that were taken back can be written again for five minutes. */
const REWRITE_MS = 5 * 60_000

/** What this page took back: the text by the number of the message, with when. Nothing of it is kept elsewhere. */
export class TakenBack {
  private readonly texts = new Map<string, { text: string; at: number }>()

  constructor(private readonly now: () => number = Date.now) {}

  note(conversationId: string, seq: number, text: string): void {
    this.texts.set(`${conversationId}#${seq}`, { text, at: this.now() })
  }

  /** The words, while they may still be written again. */
  textOf(conversationId: string, seq: number): string | null {
    const held = this.texts.get(`${conversationId}#${seq}`)
    return held && this.now() - held.at < REWRITE_MS ? held.text : null
  }
}
