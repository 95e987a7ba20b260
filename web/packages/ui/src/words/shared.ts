import { shared as english } from './en/shared'
import { wordsOf } from './words'
import { shared as chinese } from './zh/shared'

/** Words that both apps use; each app has its own beside them. */
export const { t: tShared } = wordsOf({ zh: chinese, en: english })
