/**
 * A face check in ten lines, on the server of another system: asks for it, prints the link that its person opens on a
 * phone (a page, an official account, or the web-view of a mini program), and waits for what came of it.
 *
 *     node face.js http://127.0.0.1:8840/api sys_… <key> visit-17 王小明 110101199003070011
 */
import { createFaceRequests } from '@yunzhen/client'

const [apiBase, id, key, reference, name, id_number] = process.argv.slice(2)
const faces = createFaceRequests({ apiBase, id, key })
const asked = await faces.ask({ reference, name, id_number })
console.log('link', asked.link)
let told = asked
while (['asked', 'opened'].includes(told.state)) {
  await new Promise((later) => setTimeout(later, 2000))
  told = await faces.result(asked.id)
}
console.log('result', told.state, told.level)
