import { computed } from 'vue'

import { preferences } from '../preferences'

export type Language = 'zh' | 'en'

/** The language of the page; change it with `setPreferences({ language })`. */
export const language = computed<Language>(() => preferences.language)
