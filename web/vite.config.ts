import { svelte } from '@sveltejs/vite-plugin-svelte';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';
import { tagDictionary } from './dictionary/build.mjs';

const server = loadEnv('', '.', 'FUDE_')['FUDE_SERVER'] ?? 'http://127.0.0.1:7860';

export default defineConfig({
  plugins: [svelte(), tagDictionary()],
  base: './',
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Small pictures stay files: the pages are served with a policy that allows no data: scripts or styles.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    // A test reads what the C++ sources say.
    fs: { allow: ['.', '../src'] },
    // The server checks Host and Origin, so both must name it and not this development server.
    proxy: Object.fromEntries(
      ['/api', '/sdapi', '/internal'].map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
  test: { include: ['src/**/*.spec.ts'], environment: 'node' },
});
