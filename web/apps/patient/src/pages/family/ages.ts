/** Whether somebody is under 18 today (Beijing time), by the birth date in their ID number; false while it cannot be read. */
export function isChild(idNumber: string, now: Date = new Date()): boolean {
  const born = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(idNumber)
  if (!born) return false
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(now).replaceAll('-', '')
  return `${Number(born[1]) + 18}${born[2]}${born[3]}` > today
}
