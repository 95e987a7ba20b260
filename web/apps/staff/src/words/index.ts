import { wordsOf } from '@yunzhen/ui'

import { en } from './en'
import { zh } from './zh'

/** The words of the staff pages, in the language of the page. */
export const { t } = wordsOf({ zh, en })
export type StaffWord = Parameters<typeof t>[0]
