import { describe, expect, it } from 'vitest'

import type { BrowserKeys, NotificationApi } from '../src/notification_routes'
import { PushDevice, type PushSurroundings } from '../src/push_device'

const WORKER = { url: '/patient/push.js', scope: '/patient/' }
const KEY = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'

const bytes = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0)).buffer
const keyBytes = (key: string) => bytes(atob(key.replace(/-/g, '+').replace(/_/g, '/')))

/** A browser whose owner answers `answer` when asked. */
function browser(answer: NotificationPermission = 'granted') {
  const asked: string[] = []
  let subscription: PushSubscription | null = null
  const pushManager = {
    getSubscription: async () => subscription,
    subscribe: async (options: { applicationServerKey: string }) => {
      asked.push(`subscribe ${options.applicationServerKey}`)
      subscription = {
        endpoint: `https://push.example/${asked.length}`,
        options: { applicationServerKey: keyBytes(options.applicationServerKey) },
        getKey: (name: string) => bytes(name === 'auth' ? '\xff\xfe0123456789abcd' : 'public'),
        unsubscribe: async () => {
          asked.push('unsubscribe')
          subscription = null
          return true
        },
      } as unknown as PushSubscription
      return subscription
    },
  }
  let registration: { pushManager: typeof pushManager } | undefined
  const notification = {
    permission: 'default' as NotificationPermission,
    async requestPermission() {
      asked.push('permission')
      return (notification.permission = answer)
    },
  }
  const container = {
    getRegistration: async () => registration,
    async register(url: string, options: { scope: string }) {
      asked.push(`register ${url} ${options.scope}`)
      return (registration = { pushManager })
    },
  }
  return { asked, notification, around: { notification, container } as unknown as PushSurroundings }
}

function hospital() {
  const known: BrowserKeys[] = []
  const api = {
    register: async (keys: BrowserKeys) => void known.push(keys),
    forget: async () => void known.splice(0),
  } as unknown as NotificationApi
  return { known, api }
}

describe('this browser as a device for pushes', () => {
  it('asks nobody anything until it is turned on', async () => {
    const { asked, around } = browser()
    expect(await new PushDevice(hospital().api, WORKER, around).state()).toBe('off')
    expect(asked).toEqual([])
  })

  it('registers at its push service by our key, and with the hospital', async () => {
    const { asked, around } = browser()
    const { known, api } = hospital()
    const device = new PushDevice(api, WORKER, around)
    expect(await device.turnOn(KEY)).toBe('on')
    expect(asked).toEqual(['permission', 'register /patient/push.js /patient/', `subscribe ${KEY}`])
    expect(known).toEqual([{ endpoint: 'https://push.example/3', key: 'cHVibGlj', secret: '__4wMTIzNDU2Nzg5YWJjZA' }])
    expect(await device.state()).toBe('on')
  })

  it('keeps a registration under our key, and leaves one under another', async () => {
    const { asked, around } = browser()
    const { known, api } = hospital()
    const device = new PushDevice(api, WORKER, around)
    await device.turnOn(KEY)
    await device.turnOn(KEY)
    expect(asked.filter((one) => one.startsWith('subscribe'))).toHaveLength(1)
    await device.turnOn(KEY.replace('BCV', 'BCW'))
    expect(asked.slice(-2)[0]).toBe('unsubscribe')
    expect(known).toHaveLength(3)
  })

  it('is told the hospital again after signing in, only where it is on', async () => {
    const { around } = browser()
    const { known, api } = hospital()
    const device = new PushDevice(api, WORKER, around)
    await device.renew()
    expect(known).toEqual([])
    await device.turnOn(KEY)
    await device.renew()
    expect(known).toHaveLength(2)
  })

  it('takes no for an answer', async () => {
    const { asked, around } = browser('denied')
    const { known, api } = hospital()
    const device = new PushDevice(api, WORKER, around)
    expect(await device.turnOn(KEY)).toBe('denied')
    expect(await device.state()).toBe('denied')
    expect([asked, known]).toEqual([['permission'], []])
  })

  it('turns off at both ends', async () => {
    const { asked, around } = browser()
    const { known, api } = hospital()
    const device = new PushDevice(api, WORKER, around)
    await device.turnOn(KEY)
    expect(await device.turnOff()).toBe('off')
    expect(asked.at(-1)).toBe('unsubscribe')
    expect(known).toEqual([])
  })

  it('says so where there are no pushes', async () => {
    expect(await new PushDevice(hospital().api, WORKER, {}).state()).toBe('unsupported')
    expect(await new PushDevice(hospital().api, WORKER, {}).turnOn(KEY)).toBe('unsupported')
  })
})
