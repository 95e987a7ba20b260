import type { CallOutcome, CallPhase } from '@yunzhen/client'

/** What a mini program or an app around the page hears: how a call stands here, and what it came to. */
export interface ToldCall {
  type: 'yunzhen.call'
  call_id: string
  phase: CallPhase
  outcome: CallOutcome | null
  seconds: number | null
}

/** What a container lays into the page: WeChat's JS-SDK, or an app's own object under that name. */
interface Container {
  wx?: { miniProgram?: { postMessage?: (told: { data: ToldCall }) => void; navigateBack?: () => void } }
  yunzhenContainer?: { postMessage?: (told: string) => void }
}

/** Tells whoever holds this page. WeChat hands messages on only when the page is left, so the last one is what counts there. */
export function tellContainer(told: ToldCall, around: Container = window as Container): void {
  around.wx?.miniProgram?.postMessage?.({ data: told })
  around.yunzhenContainer?.postMessage?.(JSON.stringify(told))
}

/** Back to the mini program's own page. False: there is none; an app closes the page itself once it has heard. */
export function leaveToContainer(around: Container = window as Container): boolean {
  const back = around.wx?.miniProgram?.navigateBack
  back?.()
  return back !== undefined
}
