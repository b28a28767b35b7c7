// Signing in to a real daemon that has nobody yet.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectAccessible, expectLargeTargets, expectNoSidewaysScroll } from '../tests/browser/own_checks.ts';
import { begin, end, page as built } from './house.ts';

const patient = { timeout: 60_000 };
test.setTimeout(240_000);
test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

test('the first account, out, in again, and the password once more', async ({ page }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bitgrid-access-'));
    const config = join(folder, 'config');
    const data = join(folder, 'data');
    mkdirSync(config);
    writeFileSync(join(config, 'api.yaml'), 'port: 0\naccounts: true\n');
    writeFileSync(join(config, 'mqtt.yaml'), 'enabled: false\n');
    // Five minutes of the house in five seconds: until the password is asked for again.
    const { child, said } = await begin('bitgridd', ['--config', config, '--data', data, '--ui', built, '--speed', '60', '--start-wall', `${Date.parse('2026-06-15T10:00:00Z')}`]);
    const url = `http://127.0.0.1:${said['api_port']}/`;
    try {
        await page.addInitScript(() => localStorage.setItem('bitgrid.language', 'en'));
        const form = page.locator('form[data-way]');
        await page.goto(url);
        await expect(page.getByRole('heading', { name: 'Make the first account' })).toBeVisible(patient);
        await expectAccessible(page);
        await expectLargeTargets(page);
        await expectNoSidewaysScroll(page);
        await page.getByLabel('Code of the first run').fill('aaaaa-aaaaa-aaaaa-aaaaa');
        await page.getByLabel('Name', { exact: true }).fill('Anna');
        await form.getByLabel('Password').fill('correct horse');
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(page.getByRole('alert')).toHaveText('The code is wrong, or was used before.', patient);
        await page.getByLabel('Code of the first run').fill(readFileSync(join(data, 'first-run-code'), 'utf8').trim());
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        const who = page.getByRole('button', { name: 'Signed in' });
        await expect(who).toContainText('anna', patient);

        await who.click();
        await expect(page.getByRole('dialog')).toContainText('You may do everything');
        await expectAccessible(page);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await expect(page.getByRole('heading', { name: 'Please sign in' })).toBeVisible(patient);
        await expect(form.getByLabel('Password')).toHaveAttribute('autocomplete', 'current-password', patient);
        await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('autocomplete', 'username');
        await page.getByLabel('Name', { exact: true }).fill('anna');
        await form.getByLabel('Password').fill('wrong horse');
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(page.getByRole('alert')).toHaveText('Name or password is wrong.', patient);
        await form.getByLabel('Password').fill('correct horse');
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(who).toContainText('anna', patient);

        await expect.poll(() => page.evaluate(async () => ((await (await fetch('api/v1/session')).json()) as { confirmed: boolean }).confirmed), patient).toBe(false);
        await page.getByRole('button', { name: 'Turn on' }).click();
        const dialog = page.getByRole('dialog', { name: 'Please show your password again' });
        await expect(dialog).toBeVisible(patient);
        await expectAccessible(page);
        await dialog.getByLabel('Password').fill('wrong horse');
        await dialog.getByRole('button', { name: 'Continue' }).click();
        await expect(dialog.getByRole('alert')).toHaveText('That was not your password.', patient);
        await dialog.getByLabel('Password').fill('correct horse');
        await dialog.getByRole('button', { name: 'Continue' }).click();
        await expect(dialog).toBeHidden(patient);
        await expect(page.locator('[data-research=on]')).toBeVisible(patient);
    } finally {
        await end(child, 'SIGTERM');
        rmSync(folder, { recursive: true, force: true });
    }
});
