/**
 * Shows a push of the hospital, and opens the conversations when it is tapped. It keeps nothing and fetches nothing.
 *
 * What comes is `{v, id, title, words, opens}` (adapters/notification/web_push.py); anything else, or nothing readable,
 * is shown as the plain line, for a browser takes the permission away from who shows nothing.
 */
const PLAIN = { title: '云诊', words: '您有新消息，请打开云诊查看。', opens: '/patient/messages' }

self.addEventListener('push', (event) => {
  const told = read(event.data)
  // One tag: a newer line takes the place of the older one, and the same line sent twice is one.
  const shown = { body: told.words, tag: 'reminder', icon: '/patient/mark.svg', data: { opens: told.opens } }
  event.waitUntil(self.registration.showNotification(told.title, shown))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.opens))
})

async function open(path) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find((one) => new URL(one.url).pathname.startsWith('/patient/'))
  if (!page) return self.clients.openWindow(path)
  await page.focus()
  return page.navigate ? page.navigate(path).catch(() => self.clients.openWindow(path)) : undefined
}

function read(data) {
  try {
    const told = data.json()
    const texts = [told.title, told.words, told.opens].every((one) => typeof one === 'string')
    // Only pages of this app are opened, whatever stands there.
    return told.v === 1 && texts && /^\/patient\/[\w/-]*$/.test(told.opens) ? told : PLAIN
  } catch {
    return PLAIN
  }
}
