/** What a browser calls itself, in words: `Chrome · Android`. The raw text when it is none we know. */
export function saidDevice(agent: string | null): string | null {
  if (!agent) return null
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1]
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1]
  const said = [browser, system].filter(Boolean).join(' · ')
  return said || agent
}

const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/i, '微信 WeChat'],
  [/HuaweiBrowser/i, 'HUAWEI'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/i, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]
