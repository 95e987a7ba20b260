import '@yunzhen/ui/css'

import { createApp } from 'vue'

import SandboxPage from './SandboxPage.vue'

createApp(SandboxPage).mount('#app')
