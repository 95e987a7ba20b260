import type { Component } from 'vue'

import StartPage from './StartPage.vue'

export interface SandboxPage {
  /** Below `/sandbox`. */
  path: string
  name: { zh: string; en: string }
  page: Component | (() => Promise<Component>)
}

/** Every page of the sandbox, in the order of its navigation. A page brings its own words. */
export const PAGES: SandboxPage[] = [
  { path: '/', name: { zh: '短信与账号', en: 'Messages and accounts' }, page: StartPage },
]
