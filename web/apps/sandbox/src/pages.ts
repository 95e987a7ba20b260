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
  { path: '/functions', name: { zh: '函数', en: 'Functions' }, page: () => import('./functions/FunctionsPage.vue') },
  { path: '/queues', name: { zh: '队列与死信', en: 'Queues' }, page: () => import('./deliveries/QueuesPage.vue') },
  { path: '/events', name: { zh: '事件', en: 'Events' }, page: () => import('./deliveries/EventsPage.vue') },
  { path: '/workflows', name: { zh: '流程', en: 'Workflows' }, page: () => import('./workflows/WorkflowsPage.vue') },
  { path: '/tables', name: { zh: '表与故障', en: 'Tables' }, page: () => import('./tables/TablesPage.vue') },
  { path: '/his', name: { zh: '院内系统', en: 'HIS' }, page: () => import('./his/HisPage.vue') },
  { path: '/call', name: { zh: '通话组件', en: 'Call component' }, page: () => import('./calling/CallPage.vue') },
  { path: '/seals', name: { zh: '审计封条', en: 'Seals' }, page: () => import('./seals/SealsPage.vue') },
]
