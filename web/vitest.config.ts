import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['{apps,packages}/*/test{,s}/**/*.test.ts'],
    // Two cores are often all there is; the tests are short.
    maxWorkers: 2,
    // Simulated time costs real time on a machine that does much else.
    testTimeout: 30_000,
  },
})
