import { states, type StateName } from '../fixture-server/states.ts';
import { expectAccessible, expectLargeTargets, expectNoSidewaysScroll, watch } from './own_checks.ts';
import { expect, test } from './paper.ts';

const banners: Partial<Record<StateName, string>> = {
    safety: 'Safety stop. Avalon is at 91 °C, 85 °C is the limit.',
    lockout: 'Avalon is locked until at least 11:40.',
    safe: 'Safely off. I am missing data: sun, grid import.',
    degraded: 'Limited. I am missing data: battery charge.',
    override: 'You stopped Avalon. 42 min left.',
    manual: 'You are in control. Only the safety stop still acts.',
    assist: 'I suggest, you decide.',
    starting: 'I am still collecting data.',
    emergency: 'Emergency stop. Everything stays off until you acknowledge it.',
};

for (const [colorScheme, language] of [['light', 'de'], ['dark', 'en']] as const)
    test.describe(`${colorScheme} ${language}`, () => {
        test.use({ colorScheme });
        for (const state of Object.keys(states) as StateName[])
            test(`${state} can be read and used by everybody`, async ({ page, open }) => {
                const seen = watch(page);
                const house = await open({ state }, language);
                await expect(page.locator('[data-link=live]')).toBeVisible();
                if (state === 'offline') {
                    await house.stop();
                    await expect(page.locator('[data-notice=offline]')).toBeVisible();
                }
                await expect(page.locator('html')).toHaveAttribute('lang', language);
                await expectAccessible(page);
                await expectLargeTargets(page);
                await expectNoSidewaysScroll(page);
                expect(seen).toEqual([]);
            });
    });

for (const [state, text] of Object.entries(banners))
    test(`${state} is said in one banner`, async ({ page, open }) => {
        await open({ state: state as StateName });
        await expect(page.locator('[data-notice]')).toHaveCount(1);
        await expect(page.locator('[data-notice] p')).toHaveText(text.replace(/(\d) (min)/, '$1\u202f$2'));
    });

test('a normal house has no banner', async ({ page, open }) => {
    await open({ state: 'normal' });
    await expect(page.getByRole('heading', { name: 'Avalon is waiting.' })).toBeVisible();
    await expect(page.locator('[data-notice]')).toHaveCount(0);
});

test('more notices are folded into one line', async ({ page, open }) => {
    const house = await open({ state: 'safety' });
    house.change({ autonomy: 'SEMI', missing_signals: ['battery_soc_pct'] });
    const more = page.getByText('2 more notices');
    await more.click();
    await expect(page.getByText('I start by myself. Stopping is up to you.')).toBeVisible();
});
