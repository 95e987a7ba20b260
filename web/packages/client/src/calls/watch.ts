/** Whether the relay is still there: `media_fleet/PROTOCOL.md`, “When nothing is heard”. Times in ms. */

/** The relay sends each session a packet every 0.4 s at least. */
export const SILENT_MS = 2_000
const RESTART_EVERY_MS = 3_000
const WITHOUT_MEDIA_MS = 10_000
const WITHOUT_CONTROL_MS = 30_000

export interface Watched {
  /** Packets from the relay so far; null: media has not begun. */
  packets: number | null
  mediaAt: number
  controlAt: number
  restartedAt: number
}

/** `dead`: nothing is heard. `rejoin`: one of both not for too long. `mending`: media is looked for already. */
export type Verdict = 'well' | 'dead' | 'rejoin' | 'restart_ice' | 'mending' | 'reopen_control'

export function watchFrom(at: number): Watched {
  return { packets: null, mediaAt: at, controlAt: at, restartedAt: -Infinity }
}

/** What was counted by now; media begins with the first packet. */
export function watched(before: Watched, packets: number, controlAt: number, at: number): Watched {
  const begun = before.packets !== null || packets > 0
  const grew = packets !== (before.packets ?? 0)
  return { ...before, packets: begun ? packets : null, mediaAt: grew ? at : before.mediaAt, controlAt }
}

/** What to do now. `mediaAt` is the beginning until the first packet has come. */
export function judged(now: Watched, at: number): Verdict {
  const control = at - now.controlAt >= SILENT_MS
  const media = now.packets !== null && at - now.mediaAt >= SILENT_MS
  if (now.packets === null && at - now.mediaAt >= WITHOUT_MEDIA_MS) return 'rejoin'
  if (control && (media || now.packets === null)) return 'dead'
  if (media) {
    if (at - now.mediaAt >= WITHOUT_MEDIA_MS) return 'rejoin'
    return at - now.restartedAt >= RESTART_EVERY_MS ? 'restart_ice' : 'mending'
  }
  if (!control) return 'well'
  return at - now.controlAt >= WITHOUT_CONTROL_MS ? 'rejoin' : 'reopen_control'
}

/** One row of `getStats`, whose fields depend on its type. */
export type StatRow = Record<string, unknown>

/** Everything that came from the relay: media and its reports, and answers to the browser's own checks. */
export function packetsIn(report: Iterable<StatRow>): number {
  let packets = 0
  for (const row of report) {
    if (row['type'] === 'transport') packets += count(row['packetsReceived'])
    else if (row['type'] === 'candidate-pair') packets += count(row['packetsReceived']) + count(row['responsesReceived'])
  }
  return packets
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
