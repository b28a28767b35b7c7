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
    trace: 'retain-on-failure',
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
        { name: 'phone', testDir: 'tests/browser', testIgnore: narrow, use: phone },
        // The phone sees every state in both lights and languages; here one language for each light is enough.
        { name: 'desktop', testDir: 'tests/browser', testIgnore: narrow, grepInvert: /\b(dark de|light en)\b/, use: desktop },
        // Without isMobile: a phone profile hides what overflows.
        { name: 'reflow', testDir: 'tests/browser', testMatch: narrow, use: { viewport: { width: 320, height: 640 } } },
        { name: 'house', testDir: 'e2e', use: desktop },
    ],
});
