import { expect, it } from 'vitest'

import { initialsOf, maskName, maskPhone } from '../src/masking'

it.each([
  ['张三', '张*'],
  ['张小三', '张*三'],
  ['欧阳小三', '欧**三'],
  ['王', '王'],
  [' 王秀兰 ', '王*兰'],
  ['𠮷野家', '𠮷*家'],
  ['John Smith', 'J*** S****'],
  ['', ''],
])('%s is shown to others as %s', (name, masked) => {
  expect(maskName(name)).toBe(masked)
})

it.each([
  ['13800001234', '138****1234'],
  ['138 0000 1234', '138****1234'],
  ['12345', '*****'],
])('%s is shown as %s', (phone, masked) => {
  expect(maskPhone(phone)).toBe(masked)
})

it.each([
  ['王秀兰', '秀兰'],
  ['周敏', '敏'],
  ['Jane Q Doe', 'JQ'],
  ['', '·'],
])('%s is marked %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
