import { hospitalPlugin } from '@yunzhen/client/vue'
import { createApp } from 'vue'

import '@yunzhen/ui/css'
import './vant'
import '@yunzhen/ui/vant.css'
import App from './App.vue'
import { followPreferences, followPushes, hospital } from './hospital'
import { router } from './router'

followPreferences()
followPushes()
createApp(App).use(hospitalPlugin(hospital)).use(router).mount('#app')
