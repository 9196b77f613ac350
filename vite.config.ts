import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window: built into dist/renderer, served by the main process under its own scheme. */
export default defineConfig({
  root: fileURLToPath(new URL('src/renderer', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome130',
    chunkSizeWarningLimit: 3000,
    // Everything is on this computer's disk: a data URL would only widen the content policy.
    assetsInlineLimit: 0,
    // The licences of what is built into the window, in full: they want to go with it.
    license: { fileName: 'licences.md' },
  },
});
