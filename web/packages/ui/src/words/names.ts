import { tShared } from './shared'

/** Names one after the other, as the language sets them apart. */
export function saidNames(names: readonly string[]): string {
  return names.join(tShared('talk.and'))
}
