const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz'

/** A random id of 20 characters, 0-9a-z: message ids, idempotency keys, devices. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20))
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('')
}

/**
 * One thing a person means to do, however often it must be asked for.
 *
 * The key stays the same while the content does, so that a repeated press of the button or a
 * retry after a lost answer is done once; another content is another intent.
 */
export class Intent {
  private key = newId()
  private content: string | null = null

  keyFor(content: unknown): string {
    const text = JSON.stringify(content) ?? ''
    if (this.content !== null && this.content !== text) this.key = newId()
    this.content = text
    return this.key
  }

  /** Call after success: the next press means something new. */
  done(): void {
    this.key = newId()
    this.content = null
  }
}
