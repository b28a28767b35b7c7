import { guarded, states, trouble, uncontrolled, withTroubles, type StateName } from '../fixture-server/states.ts';
import { expectNoSidewaysScroll } from './own_checks.ts';
import { expect, test } from './paper.ts';

for (const language of ['de'] as const)
    for (const state of Object.keys(states) as StateName[])
        test(`${state} ${language} fits a narrow page, with text of double size too`, async ({ page, open }) => {
            await open({ state }, language);
            await expect(page.locator('[data-link=live]')).toBeVisible();
            for (const why of await page.getByRole('button', { name: /Why|Warum/ }).all()) await why.click();
            for (const fold of await page.locator('summary').all()) await fold.click();
            await expectNoSidewaysScroll(page);
            await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
            await expectNoSidewaysScroll(page);
        });

for (const language of ['de'] as const)
    test(`the page Safety ${language} fits a narrow page, with text of double size too`, async ({ page, open }) => {
        const house = await open({ state: 'lockout' }, language);
        await page.getByRole('link', { name: /lines of defence|Schutzlinien/ }).click();
        for (const live of [states.emergency(), uncontrolled(), guarded(), withTroubles(states.safe(), trouble('guard', 'GUARD_HOLDS', 'warn'), trouble('ups', 'ON_BATTERY'))]) {
            house.change(live);
            await expect(page.locator('[data-line]')).toHaveCount(6);
            for (const fold of await page.locator('summary:visible').all()) await fold.click();
            await expectNoSidewaysScroll(page);
            await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
            await expectNoSidewaysScroll(page);
            await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
        }
    });

test('what could be tried de fits a narrow page, with text of double size too', async ({ page, open }) => {
    await open({ state: 'normal' }, 'de');
    await page.getByRole('button', { name: 'Warum?' }).first().click();
    for (const tried of await page.getByRole('button', { name: /Was wäre/ }).all()) await tried.click();
    await expect(page.locator('[data-part=whatif]')).toHaveCount(3);
    for (const panel of await page.locator('[data-part=whatif]').all()) {
        await panel.getByText('Weitere Werte').click();
        await panel.getByRole('spinbutton').first().fill('2600');
        await expect(panel.getByText(/^Dann auch/)).toBeVisible();
    }
    await expectNoSidewaysScroll(page);
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
    await expectNoSidewaysScroll(page);
});
