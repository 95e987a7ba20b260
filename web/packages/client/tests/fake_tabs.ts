import type { TabSurroundings } from '../src/connection/shared'

type Holder = (lock: Lock | null) => Promise<unknown>

interface Waiting {
  tab: FakeTab
  act: Holder
  resolve: (value: unknown) => void
  reject: (reason: Error) => void
}

/** What tabs of one browser share: locks that wait in line, and channels. */
export class FakeBrowser {
  readonly tabs: FakeTab[] = []
  private readonly held = new Map<string, Waiting>()
  private readonly queues = new Map<string, Waiting[]>()
  private readonly channels: { tab: FakeTab; name: string; end: BroadcastChannel }[] = []

  open(): FakeTab {
    const tab = new FakeTab(this)
    this.tabs.push(tab)
    return tab
  }

  holder(): FakeTab | null {
    return [...this.held.values()][0]?.tab ?? null
  }

  request(tab: FakeTab, name: string, options: LockOptions, act: Holder): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { tab, act, resolve, reject }
      const queue = this.queues.get(name) ?? []
      this.queues.set(name, queue)
      if (options.steal) {
        this.held.get(name)?.reject(new Error('AbortError'))
        this.grant(name, waiting)
        return
      }
      queue.push(waiting)
      options.signal?.addEventListener('abort', () => {
        const at = queue.indexOf(waiting)
        if (at < 0) return
        queue.splice(at, 1)
        reject(new Error('AbortError'))
      })
      this.next(name)
    })
  }

  post(from: FakeTab, name: string, said: unknown): void {
    const copy: unknown = structuredClone(said)
    queueMicrotask(() => {
      for (const { tab, name: heard, end } of this.channels) {
        if (heard === name && tab !== from && !tab.frozen) end.onmessage?.({ data: copy } as MessageEvent)
      }
    })
  }

  channel(tab: FakeTab, name: string): BroadcastChannel {
    const post = (said: unknown) => !tab.frozen && !tab.closed && this.post(tab, name, said)
    const end = { onmessage: null, postMessage: post, close: () => this.hangUp(end) } as unknown as BroadcastChannel
    this.channels.push({ tab, name, end })
    return end
  }

  /** The browser takes a closed tab's locks and channels away; none of its code runs. */
  closed(tab: FakeTab): void {
    for (const one of this.channels.filter((each) => each.tab === tab)) this.hangUp(one.end)
    for (const queue of this.queues.values()) {
      for (const waiting of queue.filter((each) => each.tab === tab)) queue.splice(queue.indexOf(waiting), 1)
    }
    for (const [name, holder] of this.held) {
      if (holder.tab !== tab) continue
      this.held.delete(name)
      this.next(name)
    }
  }

  private hangUp(end: BroadcastChannel): void {
    const at = this.channels.findIndex((one) => one.end === end)
    if (at >= 0) this.channels.splice(at, 1)
  }

  private next(name: string): void {
    const waiting = this.held.has(name) ? undefined : this.queues.get(name)?.shift()
    if (waiting) this.grant(name, waiting)
  }

  private grant(name: string, waiting: Waiting): void {
    this.held.set(name, waiting)
    queueMicrotask(() => {
      void waiting.act({ name, mode: 'exclusive' }).then((value) => {
        waiting.resolve(value)
        if (this.held.get(name) !== waiting) return
        this.held.delete(name)
        this.next(name)
      })
    })
  }
}

export class FakeTab {
  seen = true
  /** Its code runs no more, but the browser keeps what it holds. */
  frozen = false
  closed = false

  constructor(private readonly browser: FakeBrowser) {}

  get surroundings(): TabSurroundings {
    const request = (name: string, options: LockOptions, act: Holder) => this.browser.request(this, name, options, act)
    return {
      locks: { request } as unknown as TabSurroundings['locks'],
      channel: (name) => this.browser.channel(this, name),
      seen: () => this.seen,
    }
  }

  close(): void {
    this.closed = true
    this.browser.closed(this)
  }
}
