/**
 * This browser as a device for pushes: registered at its own push service, and with the hospital.
 *
 * `turnOn` must be called from a tap: browsers ask people for permission only then, and so do we.
 */
import type { NotificationApi } from './notification_routes'

/** unsupported: this browser has no pushes; denied: its owner forbade them in the browser's own settings. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'on'

/** What of the browser is used; given by tests. */
export interface PushSurroundings {
  container?: Pick<ServiceWorkerContainer, 'register' | 'getRegistration'>
  notification?: { permission: NotificationPermission; requestPermission(): Promise<NotificationPermission> }
}

export interface PushWorker {
  url: string
  scope: string
}

export class PushDevice {
  constructor(
    private readonly api: NotificationApi,
    private readonly worker: PushWorker,
    private readonly around: PushSurroundings = surroundings(),
  ) {}

  async state(): Promise<PushState> {
    const { container, notification } = this.around
    if (!container || !notification) return 'unsupported'
    if (notification.permission === 'denied') return 'denied'
    const registration = await container.getRegistration(this.worker.scope)
    if (registration && !registration.pushManager) return 'unsupported'
    const there = await registration?.pushManager.getSubscription()
    return there && notification.permission === 'granted' ? 'on' : 'off'
  }

  /** Ask for permission, register at the push service by the hospital's `key`, and tell the hospital. */
  async turnOn(key: string): Promise<PushState> {
    const { container, notification } = this.around
    if (!container || !notification) return 'unsupported'
    const permission = await notification.requestPermission()
    if (permission !== 'granted') return permission === 'denied' ? 'denied' : 'off'
    const registration = await container.register(this.worker.url, { scope: this.worker.scope })
    const subscription = await subscribed(registration.pushManager, key)
    await this.tell(subscription)
    return 'on'
  }

  /** Tell the hospital again whose browser this is: after signing in, when it was on before. */
  async renew(): Promise<void> {
    if ((await this.state()) !== 'on') return
    const registration = await this.around.container?.getRegistration(this.worker.scope)
    const subscription = await registration?.pushManager.getSubscription()
    if (subscription) await this.tell(subscription)
  }

  async turnOff(): Promise<PushState> {
    const registration = await this.around.container?.getRegistration(this.worker.scope)
    await this.api.forget()
    await (await registration?.pushManager.getSubscription())?.unsubscribe()
    return this.state()
  }

  private tell(subscription: PushSubscription): Promise<void> {
    return this.api.register({
      endpoint: subscription.endpoint,
      key: encoded(subscription.getKey('p256dh')),
      secret: encoded(subscription.getKey('auth')),
    })
  }
}

/** A registration of another key (an older hospital's) is of no use: the push service would refuse us. */
async function subscribed(manager: PushManager, key: string): Promise<PushSubscription> {
  const there = await manager.getSubscription()
  if (there && encoded(there.options.applicationServerKey) === key) return there
  await there?.unsubscribe()
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
}

function encoded(value: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(value ?? new ArrayBuffer(0)))
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function surroundings(): PushSurroundings {
  const there: PushSurroundings = {}
  if (typeof navigator !== 'undefined' && 'serviceWorker' in navigator && 'PushManager' in globalThis)
    there.container = navigator.serviceWorker
  if (typeof Notification !== 'undefined') there.notification = Notification
  return there
}
