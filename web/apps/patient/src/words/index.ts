import { wordsOf } from '@yunzhen/ui'

import { en } from './en'
import { zh } from './zh'

/** The patient app's words; those that both apps use are `tShared`. */
export const { t } = wordsOf({ zh, en })
