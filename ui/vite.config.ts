import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { packed } from './scripts/packed.ts';

export default defineConfig({
    base: './',
    plugins: [svelte(), packed()],
    build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
    // A loaded machine may take its time; what hangs still ends.
    test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 240_000 },
});
