import '@yunzhen/ui/css'
import 'openapi-explorer/dist/browser/openapi-explorer.min.js'

import { createApp } from 'vue'

import DocsPage from './DocsPage.vue'

createApp(DocsPage).mount('#app')
