import '@yunzhen/ui/css'
import './frame/shapes.css'

import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

import SandboxFrame from './frame/SandboxFrame.vue'
import { PAGES } from './pages'

const router = createRouter({
  history: createWebHistory('/sandbox/'),
  routes: [
    ...PAGES.map(({ path, page }) => ({ path, component: page })),
    { path: '/:elsewhere(.*)*', redirect: '/' },
  ],
})

createApp(SandboxFrame).use(router).mount('#app')
