import type { HealthCardChannel } from '@yunzhen/client'

import { t } from '../../words'

const KNOWN = ['tencent', 'alipay'] as const

/** What a channel is called: as the hospital names it, else by its well-known name, else by its code. */
export function channelName(code: string, channels: readonly HealthCardChannel[] = []): string {
  const named = channels.find((one) => one.code === code)?.name
  const known = KNOWN.find((one) => one === code)
  return named || (known ? t(`cards.eHealth.channels.${known}`) : code)
}
