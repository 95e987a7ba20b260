import './element'
import '@yunzhen/ui/css'
import '@yunzhen/ui/element-plus.css'
import './frame/staff.css'

import { createHospital } from '@yunzhen/client'
import { hospitalPlugin } from '@yunzhen/client/vue'
import { hospitalNow, takeHospitalTime } from '@yunzhen/ui'
import { createApp } from 'vue'

import App from './App.vue'
import { keepPreferencesInAccount } from './frame/preferences'
import { makeRouter } from './routes'
import { forgetDrafts } from './workstation/drafts'

const hospital = createHospital({
  audience: 'staff',
  http: { onDate: takeHospitalTime },
  conversations: { now: hospitalNow },
})
keepPreferencesInAccount(hospital)
hospital.session.state.subscribe(({ because }) => because === 'signed_out' && forgetDrafts())

const app = createApp(App)
app.use(hospitalPlugin(hospital))
app.use(makeRouter(hospital))
app.mount('#app')
void hospital.session.restore()
