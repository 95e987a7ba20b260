/** What a page can say of an ID number before the hospital is asked: its length, its signs, its check digit. */
export type NumberFault = 'old' | 'length' | 'signs' | 'digit' | null

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_DIGITS = '10X98765432'

/** As it is sent: half-width, a capital X, no spaces. */
export function cleanNumber(typed: string): string {
  return typed
    .replace(/\s/g, '')
    .replace(/[０-９Ｘｘ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .toUpperCase()
}

export function numberFault(typed: string): NumberFault {
  const number = cleanNumber(typed)
  if (/^\d{15}$/.test(number)) return 'old'
  if (number.length !== 18) return 'length'
  if (!/^\d{17}[\dX]$/.test(number)) return 'signs'
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0)
  return CHECK_DIGITS[sum % 11] === number[17] ? null : 'digit'
}
