import { defineConfig } from '@playwright/test';
import { browser } from './playwright.config.ts';

export default defineConfig({ testDir: 'tests/shots', workers: 2, reporter: [['list']], use: { ...browser, reducedMotion: 'reduce' } as typeof browser });
