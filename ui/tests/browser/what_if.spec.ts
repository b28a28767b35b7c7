import { expectAccessible, expectLargeTargets, expectNoSidewaysScroll } from './own_checks.ts';
import { expect, test } from './paper.ts';
import type { Page } from '@playwright/test';

async function openWhy(page: Page) {
    const card = page.locator('[data-load=miner]');
    await card.getByRole('button', { name: 'Why?' }).click();
    await card.getByRole('button', { name: /What if/ }).click();
    const panel = card.locator('[data-part=whatif]');
    await expect(panel.getByRole('slider').first()).toBeVisible();
    return panel;
}
const previews = (house: { asked: { path: string; body: Record<string, unknown> }[] }) => house.asked.filter((one) => one.path === 'preview').map((one) => one.body);

test('a value is moved, and the sentence says what would be decided', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    const panel = await openWhy(page);
    await expect(panel.getByRole('heading')).toHaveText('Preview: nothing is switched');
    await expect(panel.getByRole('status')).toContainText('As it was');
    await expect(panel.getByRole('status')).toContainText('Avalon is waiting.');
    expect(previews(house)[0]).toMatchObject({ load: 'miner', signals: {}, rules: {} });
    expect(String(previews(house)[0]?.['decision_id'])).toMatch(/^01976f3e/);
    await panel.getByRole('spinbutton', { name: 'sun', exact: true }).fill('2600');
    await expect(panel.getByRole('status')).toContainText('With your values');
    await expect(panel.getByRole('status')).toContainText('Avalon is now running. 2.1 kW of sun is spare');
    await expect(panel.getByRole('status')).toContainText('Then also: export 2.1\u202fkW.');
    expect(previews(house).at(-1)).toMatchObject({ signals: { pv_power_w: 2600 } });
    expect(house.asked.every((one) => one.path === 'preview'), 'nothing else was asked for').toBe(true);
    await expectAccessible(page);
    await expectLargeTargets(page);
    await expectNoSidewaysScroll(page);
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect(panel.getByRole('status')).toContainText('As it was');
    await expect(panel.getByRole('spinbutton', { name: 'sun', exact: true })).toHaveValue('920');
    await expect(panel.getByRole('button', { name: 'Reset' })).toBeFocused();
});

test('a slider that is dragged asks once it rests', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    const panel = await openWhy(page);
    const slider = panel.getByRole('slider', { name: 'sun', exact: true });
    await slider.focus();
    for (let i = 0; i < 12; ++i) await page.keyboard.press('ArrowRight');
    await expect(panel.getByRole('status')).toContainText('With your values');
    await expect.poll(() => previews(house).at(-1)).toMatchObject({ signals: { pv_power_w: 1040 } });
    expect(previews(house).length).toBeLessThan(12);
    await expect(slider).toHaveAttribute('aria-valuetext', '1.0\u202fkW');
});

test('the result is seen while a value is moved', async ({ page, open }) => {
    await open({ state: 'normal' });
    const panel = await openWhy(page);
    const first = panel.getByRole('slider').first();
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await expect(panel.getByRole('status')).toContainText('With your values');
    await expect(panel.getByRole('status')).toBeInViewport();
    await expect(first).toBeInViewport();
});

test('what cannot be is said beside the field and never asked', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    const panel = await openWhy(page);
    await panel.getByText('More values').click();
    const battery = panel.getByRole('spinbutton', { name: 'battery charge' });
    await battery.fill('140');
    await expect(battery).toHaveAttribute('aria-invalid', 'true');
    await expect(panel.getByText('Allowed: 0\u202f% to 100\u202f%')).toBeVisible();
    await expectAccessible(page);
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect(panel.getByRole('spinbutton', { name: 'battery charge' })).toHaveValue('72');
    await expect(panel.getByText('Allowed:')).toHaveCount(0);
    expect(previews(house).every((body) => Object.keys(body['signals'] as object).length === 0)).toBe(true);
});

test('the next check can be tried as well', async ({ page, open }) => {
    const house = await open({ state: 'normal' }, 'de');
    await page.getByRole('button', { name: /Was wäre, wenn/ }).first().click();
    const panel = page.locator('[data-part=whatif]');
    await expect(panel.getByRole('heading')).toHaveText('Vorschau: nichts wird geschaltet');
    await expect(panel.getByText('Für die nächste Prüfung um')).toBeVisible();
    await expect(panel.getByRole('status')).toContainText('So ist es');
    await expect.poll(() => previews(house)[0]).toEqual({ load: 'miner', signals: {}, rules: {} });
    await panel.getByRole('spinbutton', { name: 'Überschuss für volle Kraft' }).fill('1.4');
    await expect.poll(() => previews(house).at(-1)).toMatchObject({ rules: { surplus_min_kw: 1.4 } });
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
});

for (const [status, code, words] of [
    [503, 'NOT_READY', 'Nothing has been decided yet'],
    [422, 'NOT_REPEATABLE', 'cannot be computed again'],
    [429, 'RATE_LIMITED', 'Please wait a moment'],
    [500, 'ODD', 'The preview failed (ODD).'],
] as const)
    test(`${code} is said in words`, async ({ page, open }) => {
        await open({ state: 'normal', refusesPreviews: [status, code] });
        const card = page.locator('[data-load=miner]');
        await card.getByRole('button', { name: 'Why?' }).click();
        await card.getByRole('button', { name: /What if/ }).click();
        await expect(card.locator('[data-part=whatif]').getByRole('status')).toContainText(words);
        await expect(card.getByRole('button', { name: 'Try again' })).toBeVisible();
        await expectAccessible(page);
    });

test('without the house there is no preview', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    const panel = await openWhy(page);
    await house.stop();
    await expect(panel.getByRole('status')).toContainText('No connection.');
});
