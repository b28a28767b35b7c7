import { expectAccessible, expectLargeTargets, expectNoSidewaysScroll, rowsOf } from './own_checks.ts';
import { expect, test } from './paper.ts';

test('the sentence, what would change it, and why', async ({ page, open }) => {
    await open({ state: 'normal' });
    const card = page.locator('[data-load=miner]');
    await expect(card.getByRole('heading')).toHaveText('Avalon is waiting. 0.4 kW of sun is spare, 0.8 kW is needed.');
    await expect(card.locator('[data-part=counterfactual]')).toHaveText('It starts with 0.4 kW more sun, and not before 11:20.');
    await card.getByRole('button', { name: 'Why?' }).click();
    const rows = await rowsOf(card.getByRole('table'));
    expect(rows).toContain('not met: Solar surplus 0.4 kW ≥ 0.8 kW');
    expect(rows).toContain('met: Battery charge 72 % > 58 %');
    await expect(card.locator('tbody.decisive')).toHaveCount(1);
    await expect(card.locator('tbody.decisive')).toContainText('Is it worth it?');
    await card.getByText('Technical details').click();
    await expect(card.getByText('NOOP_R1_INSUFFICIENT_SURPLUS', { exact: true })).toBeVisible();
    await expectAccessible(page);
    await expectLargeTargets(page);
    await expectNoSidewaysScroll(page);
});

test('a promise that was not verified is not shown', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    await expect(page.locator('[data-part=counterfactual]')).toHaveCount(1);
    house.change({
        loads: house.live.loads.map((load) => ({
            ...load,
            decision: load.decision && { ...load.decision, counterfactual: load.decision.counterfactual && { ...load.decision.counterfactual, verified: false } },
        })),
    });
    await expect(page.locator('[data-part=counterfactual]')).toHaveCount(0);
});

test('the flow is a table for those who do not see the bar', async ({ page, open }) => {
    await open({ state: 'running' });
    await page.getByText('Values', { exact: true }).click();
    const rows = await rowsOf(page.getByRole('table', { name: 'Energy flow' }));
    expect(rows).toEqual(expect.arrayContaining(['Sun 4.2 kW 2 s', 'House 0.9 kW 2 s', 'Avalon 1.7 kW 2 s', 'Charging 1.2 kW 2 s', 'Export 0.4 kW 2 s']));
});

test('the last blocks tell what was decided', async ({ page, open }) => {
    await open({ state: 'normal' });
    const cell = page.getByRole('button', { name: '10:50 full power' }).first();
    await cell.click();
    await expect(page.getByText('10:50 · Avalon keeps running.')).toBeVisible();
});

test('both languages, remembered', async ({ page, open }) => {
    await open({ state: 'normal' });
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await expect(page.getByRole('heading', { name: 'Avalon wartet.' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    expect(await page.evaluate(() => localStorage.getItem('bitgrid.language'))).toBe('de');
});

test('the whole way by keyboard', async ({ page, open }) => {
    await open({ state: 'running' });
    await expect(page.getByRole('heading', { name: 'Avalon keeps running.' })).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(page.getByText('Skip to content')).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const card = page.locator('[data-load=miner]');
    await expect(card.getByRole('button', { name: 'Why?' })).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(card.getByRole('button', { name: 'Take over' })).toBeFocused();
});
