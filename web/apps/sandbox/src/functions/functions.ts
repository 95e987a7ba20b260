export interface FunctionShown {
  function: string
  calls: number
  errors: number
  last_at?: number
  p50?: number | null
  p95?: number | null
}

export interface CallShown {
  id: number
  function: string
  request_id: string
  /** Hospital time, epoch seconds. */
  at: number
  about: string
  milliseconds: number | null
  outcome: string
}

export interface WholeCall extends CallShown {
  event: string
  answer: string
  lines: string[]
}

/** As the template calls it: without the prefix of the deployment and of its stack. */
export function shortName(name: string): string {
  return name.replace(/^.*-/, '')
}
