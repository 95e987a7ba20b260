import { expect, it } from 'vitest'
import { sendScan } from '../src'
import type { ScanSending } from '../src'
import { FakeHospital } from './fake_hospital'
import { openPage } from './page'

/** 35 bytes: four parts of the fake hospital. */
const scan = (type = 'application/pdf') => new File(['0123456789'.repeat(3) + '01234'], '执业证书.pdf', { type })

async function page(fake: FakeHospital) {
  const hospital = openPage(fake)
  await hospital.session.signInAsPatient('13800000000', '123456')
  return hospital
}

function sending(fake: FakeHospital, more: Partial<ScanSending> = {}) {
  const shares: (number | null)[] = []
  const abort = new AbortController()
  const told = (share: number | null) => void shares.push(share)
  return { shares, abort, options: { told, signal: abort.signal, put: fake.store.putPart, lookMs: () => 0, ...more } }
}

it('is brought part by part for its paper, and waits for the check', async () => {
  const fake = new FakeHospital()
  const hospital = await page(fake)
  const { shares, options } = sending(fake)
  expect(await sendScan(hospital.api.messaging, 'pap_1', scan(), options)).toBe('upl_1')
  expect(fake.store.uploads[0]?.asked).toEqual({
    paper_id: 'pap_1',
    type: 'file',
    name: '执业证书.pdf',
    size: 35,
    media_type: 'application/pdf',
    sha256: 'rrx+XN/ueDkJeRD66D1ZQMSRvQbz8yb8HssryhiV1Lc=',
  })
  expect(fake.store.puts).toEqual([1, 2, 3, 4])
  expect(shares).toEqual(expect.arrayContaining([0, 10 / 35, 20 / 35, 1, null]))
  expect(shares.at(-1)).toBeNull()
  hospital.close()
})

it('is shrunk when it is a picture', async () => {
  const fake = new FakeHospital()
  const hospital = await page(fake)
  const { options } = sending(fake, { shrink: async () => new Blob(['0123'], { type: 'image/jpeg' }) })
  await sendScan(hospital.api.messaging, 'pap_1', scan('image/png'), options)
  expect(fake.store.uploads[0]?.asked).toMatchObject({ type: 'image', size: 4, media_type: 'image/jpeg' })
  hospital.close()
})

it('says why the hospital refuses it, and leaves nothing behind', async () => {
  const fake = new FakeHospital()
  const hospital = await page(fake)
  fake.store.refuse = 'upload.not_what_it_says'
  const refused = sendScan(hospital.api.messaging, 'pap_1', scan(), sending(fake).options)
  await expect(refused).rejects.toMatchObject({ code: 'upload.not_what_it_says' })
  fake.store.refuse = null
  fake.store.failParts = 1
  await expect(sendScan(hospital.api.messaging, 'pap_1', scan(), sending(fake).options)).rejects.toMatchObject({
    code: 'client.part_refused',
  })
  expect(fake.store.cancelled).toEqual(['upl_1', 'upl_2'])
  hospital.close()
})

it('is given up with the page, while it is put or checked', async () => {
  const fake = new FakeHospital()
  const hospital = await page(fake)
  fake.store.slow = true
  const looking = sending(fake)
  const checked = sendScan(hospital.api.messaging, 'pap_1', scan(), {
    ...looking.options,
    lookMs: () => {
      looking.abort.abort()
      return 60_000
    },
  })
  await expect(checked).rejects.toThrow()
  fake.store.hangAfter = 0
  const hanging = sending(fake)
  const put = sendScan(hospital.api.messaging, 'pap_1', scan(), {
    ...hanging.options,
    put: (...given) => {
      const held = fake.store.putPart(...given)
      hanging.abort.abort()
      return held
    },
  })
  await expect(put).rejects.toThrow()
  expect(fake.store.cancelled).toEqual(['upl_1', 'upl_2'])
  hospital.close()
})
