import { appConfig } from '../../vite.app'

export default appConfig('sandbox')
