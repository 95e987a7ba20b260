import vue from '@vitejs/plugin-vue'
import { defineConfig, mergeConfig } from 'vite'

import { appConfig } from '../../vite.app'

const isViewer = (tag: string) => tag === 'openapi-explorer'

export default defineConfig((env) => ({
  ...mergeConfig(appConfig('docs')(env), {}),
  plugins: [vue({ template: { compilerOptions: { isCustomElement: isViewer } } })],
}))
