import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [react()],
  // Relative to the root: `/` and `/wallboard` are served the same index.html.
  base: '/',
  build: {
    target: 'es2022',
    // light-dark() as it is written: Chromium and Firefox of Debian 12 and newer know it.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: 'dist',
    assetsDir: 'assets',
    // Inlined files would be data: URLs, which the page's own policy allows for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
