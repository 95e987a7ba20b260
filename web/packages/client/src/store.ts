/** One observable value, known to no framework. */
export interface Readable<Value> {
  get(): Value
  /** Calls `listener` after each change; returns the way to stop. */
  subscribe(listener: (value: Value) => void): () => void
}

export class Store<Value> implements Readable<Value> {
  private value: Value
  private readonly listeners = new Set<(value: Value) => void>()

  constructor(initial: Value) {
    this.value = initial
  }

  get(): Value {
    return this.value
  }

  set(next: Value): void {
    if (Object.is(next, this.value)) return
    this.value = next
    for (const listener of [...this.listeners]) listener(next)
  }

  update(change: (value: Value) => Value): void {
    this.set(change(this.value))
  }

  subscribe(listener: (value: Value) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** Typed events: `Events` maps each event's name to what it carries. */
export class Emitter<Events extends object> {
  private readonly listeners = new Map<keyof Events, Set<(event: never) => void>>()

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const known = this.listeners.get(name) ?? new Set()
    known.add(listener as (event: never) => void)
    this.listeners.set(name, known)
    return () => known.delete(listener as (event: never) => void)
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      ;(listener as (event: Events[Name]) => void)(event)
    }
  }
}
