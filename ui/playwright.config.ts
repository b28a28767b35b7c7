import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';

// Chromium's own sandbox does not start as root, as in a container.
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

// Debian's Chromium; nothing is downloaded.
export const browser: NonNullable<PlaywrightTestConfig['use']> = {
    launchOptions: {
        executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
        args: [...sandbox, '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
    locale: 'en-GB',
    timezoneId: 'America/New_York', // not the site's: its times must not depend on the reader's clock
    // With TRACE=1 a test that fails leaves one: it takes half as long again.
    trace: process.env['TRACE'] ? 'retain-on-failure' : 'off',
};

const narrow = '**/reflow.spec.ts';
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const desktop = { viewport: { width: 1280, height: 900 } };

export default defineConfig({
    workers: 2,
    retries: 0,
    timeout: 60_000,
    reporter: [['list']],
    use: browser,
    projects: [
        // Contrast is a matter of the colours, room of language and screen: each is tried, not every pair of them.
        { name: 'phone', testDir: 'tests/browser', testIgnore: narrow, grepInvert: /\bdark en\b/, use: phone },
        { name: 'desktop', testDir: 'tests/browser', testIgnore: narrow, grepInvert: /\blight de\b/, use: desktop },
        // Without isMobile: a phone profile hides what overflows.
        // German words are the longer ones.
        { name: 'reflow', testDir: 'tests/browser', testMatch: narrow, use: { viewport: { width: 320, height: 640 } } },
        { name: 'house', testDir: 'e2e', use: desktop },
    ],
});
