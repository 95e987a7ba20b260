/** A device as a person would call it, from what its browser says of itself; empty when it says nothing known. */
export function deviceWords(device: string | null): { words: string; phone: boolean } {
  if (!device) return { words: '', phone: false }
  const system = first(device, [
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X|Macintosh/, 'Mac'],
    [/Linux/, 'Linux'],
  ])
  const browser = first(device, [
    [/MicroMessenger/, '微信'],
    [/Edg\//, 'Edge'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\/|HeadlessChrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ])
  const known = [system, browser].filter(Boolean).join(' · ')
  // Not a browser's long line: somebody already gave it a name.
  const words = known || (device.length <= 40 ? device : '')
  return { words, phone: /iPhone|Android|Mobile|HarmonyOS/.test(device) }
}

function first(text: string, known: [RegExp, string][]): string {
  return known.find(([pattern]) => pattern.test(text))?.[1] ?? ''
}
