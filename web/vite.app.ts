import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** `vite build --mode local-hospital`; Vite keeps the name "local" for its own files. */
export const LOCAL_MODE = 'local-hospital'

/**
 * How each app is built. Two builds lie side by side: `dist/site` goes to the bucket,
 * `dist/local` is what the local hospital serves (with the sandbox and the demo accounts).
 * In code: `import.meta.env.MODE === 'local-hospital'`, which production folds to false and drops.
 */
export function appConfig(name: string) {
  return defineConfig(({ mode }) => ({
    base: `/${name}/`,
    plugins: [vue()],
    server: {
      host: '127.0.0.1',
      strictPort: true,
      proxy: {
        // A session is renewed for the hospital's own pages only: this server stands for them.
        '^/(api|sandbox/api|config.json|uploads/|media/)': { target: hospital(), headers: { origin: hospital() } },
        '/socket': { target: hospital(), ws: true },
      },
    },
    build: {
      outDir: `dist/${mode === LOCAL_MODE ? 'local' : 'site'}`,
      target: ['chrome90', 'safari15', 'firefox100', 'edge90'],
      chunkSizeWarningLimit: 900,
      reportCompressedSize: false,
    },
  }))
}

/** Where the pages' requests go while `vite` serves them. */
function hospital(): string {
  return process.env['HOSPITAL'] ?? 'http://127.0.0.1:8840'
}
