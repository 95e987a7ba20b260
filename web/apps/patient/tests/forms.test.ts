import { describe, expect, it } from 'vitest'

import { complaintFault, nameIsGood } from '../src/pages/apply/draft'
import { saidDevice } from '../src/pages/me/device'
import { digitsOf, isPhone } from '../src/pages/sign-in/codeSending'

describe('a complaint', () => {
  it.each([
    ['', 'short'],
    ['  咳嗽。  ', 'short'],
    ['咳嗽三天了', null],
    ['😷'.repeat(5), null],
    ['痛'.repeat(2000), null],
    ['痛'.repeat(2001), 'long'],
  ])('of %j is %s', (words, fault) => {
    expect(complaintFault(words)).toBe(fault)
  })
})

it('takes names of 2 to 40 characters', () => {
  expect(['', ' 王 ', '王敏', '王'.repeat(40), '王'.repeat(41)].map(nameIsGood)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ])
})

describe('a phone number', () => {
  it.each([
    ['+86 138-0000-1234', '13800001234'],
    ['８6', '6'],
    ['8613800001234', '13800001234'],
    ['13800001234', '13800001234'],
  ])('typed as %s is %s', (typed, digits) => {
    expect(digitsOf(typed)).toBe(digits)
  })

  it('has eleven digits and begins with 13 to 19', () => {
    expect(['13800001234', '19900001234', '12800001234', '1380000123', '138000012345'].map(isPhone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

it.each([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1',
    'Safari · iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36 MicroMessenger/8.0',
    '微信 WeChat · Android',
  ],
  ['Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0', 'Edge · Windows'],
  ['curl/8', 'curl/8'],
])('names the device %s', (agent, said) => {
  expect(saidDevice(agent)).toBe(said)
})
