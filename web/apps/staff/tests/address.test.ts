import { createApp, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { expect, test } from 'vitest'

import { useClearedAddress, useInAddress } from '../src/tables/address'

/** A page at an address, with what it asks of it. */
async function at<Asked>(address: string, ask: () => Asked) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => h('p') } }] })
  await router.push(address)
  const asked = createApp({ render: () => h('p') })
    .use(router)
    .runWithContext(ask)
  const settled = async () => {
    await new Promise((done) => setTimeout(done))
    return router.currentRoute.value.query
  }
  return { asked, settled }
}

test('changes of one moment add up', async () => {
  const { asked, settled } = await at('/?opened=7&role=nurse', () => [useInAddress('opened'), useInAddress('who')] as const)
  asked[0].value = ''
  asked[1].value = 'per_1'
  expect(await settled()).toEqual({ role: 'nurse', who: 'per_1' })
  asked[1].value = ''
  expect(await settled()).toEqual({ role: 'nurse' })
})

test('several parts go at once, the others stay', async () => {
  const { asked, settled } = await at('/?who=per_1&role=nurse&chain=org_1', () => useClearedAddress(['who', 'role']))
  asked()
  expect(await settled()).toEqual({ chain: 'org_1' })
})
