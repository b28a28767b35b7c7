import { expectAccessible, expectLargeTargets, expectNoSidewaysScroll, watch } from '../tests/browser/own_checks.ts';
import type { Live, Timeline, WhatIf } from '../src/lib/api/types.ts';
import { expect, test } from './house.ts';

const decided = { timeout: 40_000 };
test.setTimeout(120_000);

test.beforeEach(async ({ page }) => {
    await page.addInitScript(() => localStorage.getItem('bitgrid.language') ?? localStorage.setItem('bitgrid.language', 'en'));
});

test('a decision appears with its reason, word for word as the API has it', async ({ page, house, request }) => {
    await page.goto(house.url);
    const card = page.locator('[data-load=miner]');
    await expect(card.getByRole('button', { name: 'Why?' })).toBeVisible(decided);
    await card.getByRole('button', { name: 'Why?' }).click();
    await expect(card.locator('table').first()).toContainText('Is it safe?');
    await card.getByText('Technical details').click();
    await expect(async () => {
        const state = (await (await request.get(`${house.url}api/v1/state`)).json()) as Live;
        const decision = state.loads[0]?.decision;
        await expect(card.getByText(decision?.decision_id ?? 'none', { exact: true })).toBeVisible({ timeout: 1000 });
        await expect(card.getByRole('heading')).toHaveText(decision?.explain.en.short ?? '');
    }).toPass({ timeout: 20_000 });
});

test('a wish is taken, shown with its end, and ended', async ({ page, house, request }) => {
    await page.goto(house.url);
    const card = page.locator('[data-load=miner]');
    await expect(card.getByRole('button', { name: 'Why?' })).toBeVisible(decided);
    await card.getByRole('button', { name: 'Take over' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Stop', { exact: true }).click();
    await sheet.getByText('2\u202fh', { exact: true }).click();
    await sheet.getByRole('button', { name: 'Stop now' }).click();
    await expect(sheet).toBeHidden();
    const notice = page.locator('[data-notice=override]');
    await expect(notice).toContainText(/You stopped Avalon\. (1.h \d+.min|2.h) left\./);
    await expect(card.getByRole('heading')).toContainText('because you asked for it');
    await notice.getByRole('button', { name: 'Back to automatic' }).click();
    await expect(notice).toHaveCount(0);
    const state = (await (await request.get(`${house.url}api/v1/state`)).json()) as Live;
    expect(state.loads[0]?.override).toBeNull();
});

test('what would be is tried word for word as the API has it, and leaves the house alone', async ({ page, house, request }) => {
    await page.goto(house.url);
    const card = page.locator('[data-load=miner]');
    await expect(card.getByRole('button', { name: 'Why?' })).toBeVisible(decided);
    const timeline = async () => ((await (await request.get(`${house.url}api/v1/timeline?limit=1000`)).json()) as Timeline).items;
    await card.getByRole('button', { name: 'Why?' }).click();
    await card.getByRole('button', { name: /What if/ }).click();
    const panel = card.locator('[data-part=whatif]');
    await expect(panel.getByRole('slider').first()).toBeVisible();
    const asked = page.waitForResponse((response) => response.url().endsWith('/preview') && (response.request().postData() ?? '').includes('battery_soc_pct'));
    const more = panel.getByText('More values');
    if (await more.isVisible()) await more.click();
    await panel.getByRole('spinbutton', { name: 'battery charge' }).fill('12');
    const response = await asked;
    const answer = (await response.json()) as WhatIf;
    const after = answer.loads[0]?.after;
    expect(after?.decision_code).toBe('STOP_R2_SOC_HARD_MIN');
    await expect(panel.getByRole('status')).toContainText(after?.explain.en.short ?? '');
    await expect(panel.getByRole('status')).toContainText('12 %');
    await expectAccessible(page);
    // The same moment again: recorded as it was, and nothing was decided for the question.
    const items = await timeline();
    expect(items.find((one) => one.decision_id === answer.decision_id)?.decision_code).toBe(answer.loads[0]?.before.decision_code);
    expect(items.filter((one) => one.decision_code === 'STOP_R2_SOC_HARD_MIN')).toEqual([]);
    const state = (await (await request.get(`${house.url}api/v1/state`)).json()) as Live;
    expect(state.signals.battery_soc_pct.value).not.toBe(12);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    test(`a controller that ends by ${signal} and comes back`, async ({ page, house }) => {
        await page.goto(house.url);
        await expect(page.locator('[data-link=live]')).toBeVisible();
        const act = page.locator('[data-load=miner]').getByRole('button', { name: 'Take over' });
        await expect(act).toBeEnabled();
        await house.stopController(signal);
        await expect(page.locator('[data-notice=offline]')).toBeVisible();
        await expect(act).toBeDisabled();
        await expect(page.getByRole('button', { name: 'Stop all' })).toBeDisabled();
        await house.startController();
        await expect(page.locator('[data-link=live]')).toBeVisible({ timeout: 30_000 });
        await expect(page.locator('[data-notice=offline]')).toHaveCount(0);
        await expect(act).toBeEnabled();
    });

test('an emergency stop holds until it is acknowledged', async ({ page, house, request }) => {
    await page.goto(house.url);
    await page.getByRole('button', { name: 'Stop all' }).click();
    await page.getByRole('button', { name: 'Tap again: all off' }).click();
    await expect(page.locator('[data-notice=emergency]')).toBeVisible();
    expect(((await (await request.get(`${house.url}api/v1/state`)).json()) as Live).emergency).toBe(true);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('button', { name: 'Tap again: release' }).click();
    await expect(page.locator('[data-notice=emergency]')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const)
    test.describe(colorScheme, () => {
        test.use({ colorScheme });
        test('everybody can read and use it, in both languages, and nothing leaves the house', async ({ page, house }) => {
            const seen = watch(page);
            await page.goto(house.url);
            await expect(page.getByRole('button', { name: 'Why?' }).first()).toBeVisible(decided);
            await expectAccessible(page);
            await page.getByRole('button', { name: 'Why?' }).first().click();
            await page.getByRole('button', { name: 'Take over' }).first().click();
            await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
            await expectAccessible(page);
            await page.keyboard.press('Escape');
            await page.getByRole('button', { name: 'Deutsch' }).click();
            await expect(page.locator('html')).toHaveAttribute('lang', 'de');
            await expectAccessible(page);
            await expectLargeTargets(page);
            await expectNoSidewaysScroll(page);
            expect(seen).toEqual([]);
        });
    });
