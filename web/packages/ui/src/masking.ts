const CHINESE = /[\u3400-\u9fff\u{20000}-\u{2ebef}]/u

/**
 * A name where others can see it: 张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧**三,
 * John Smith → J*** S****.
 */
export function maskName(name: string): string {
  const trimmed = name.trim()
  if (!CHINESE.test(trimmed)) {
    return trimmed
      .split(/\s+/)
      .map((word) => maskMiddle([...word], 1, 0))
      .join(' ')
  }
  const letters = [...trimmed]
  return maskMiddle(letters, 1, letters.length > 2 ? 1 : 0)
}

/** 13800001234 → 138****1234; anything shorter than seven digits is hidden whole. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  if (digits.length < 7) return '*'.repeat(digits.length)
  return `${digits.slice(0, 3)}****${digits.slice(-4)}`
}

/** The letters in a round picture that stands for a person: the last one or two of a Chinese name. */
export function initialsOf(name: string): string {
  const letters = [...name.trim()]
  if (letters.length === 0) return '·'
  if (CHINESE.test(name)) return letters.length > 2 ? letters.slice(-2).join('') : letters.join('').slice(-1)
  return name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => (word[0] ?? '').toUpperCase())
    .join('')
}

function maskMiddle(letters: string[], head: number, tail: number): string {
  const hidden = Math.max(letters.length - head - tail, letters.length > 1 ? 1 : 0)
  const end = tail > 0 ? letters.slice(-tail) : []
  return [...letters.slice(0, head), '*'.repeat(hidden), ...end].join('')
}
