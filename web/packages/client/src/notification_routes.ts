import type { components } from './api'
import type { Http } from './http'

type Schemas = components['schemas']

/** How I am reminded while I am away. */
export type NotificationSettings = Schemas['NotificationSettings']
export type NotificationChoice = Schemas['ChangeNotificationSettings']
export type BrowserKeys = Schemas['RegisterBrowser']

/** The routes of notification settings, and of the browsers that show pushes. */
export function createNotificationApi(http: Http) {
  return {
    settings: () => http.request<NotificationSettings>({ method: 'GET', path: '/messaging/notification-settings' }),
    choose: (choice: NotificationChoice) =>
      http.request<NotificationSettings>({ method: 'PUT', path: '/messaging/notification-settings', body: choice }),
    register: (browser: BrowserKeys) =>
      http.request<void>({ method: 'PUT', path: '/messaging/push-subscription', body: browser }),
    forget: () => http.request<void>({ method: 'DELETE', path: '/messaging/push-subscription' }),
  }
}

export type NotificationApi = ReturnType<typeof createNotificationApi>
