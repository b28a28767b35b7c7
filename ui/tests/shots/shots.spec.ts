// Pictures to look at, and the one of the documentation: npm run shots
import { guarded, states, trouble, uncontrolled, withTroubles, type StateName } from '../fixture-server/states.ts';
import { expect, test } from '../browser/paper.ts';

const shown: { state: StateName; language: 'de' | 'en' }[] = [
    ...(Object.keys(states) as StateName[]).map((state) => ({ state, language: 'en' as const })),
    { state: 'running', language: 'de' },
];
for (const colorScheme of ['light', 'dark'] as const)
    for (const [device, viewport] of Object.entries({ phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } }))
        test.describe(`${device} ${colorScheme}`, () => {
            test.use({ colorScheme, viewport });
            for (const { state, language } of shown)
                test(`${state} ${language}`, async ({ page, open }) => {
                    await open({ state }, language);
                    await expect(page.getByText('Live', { exact: true }).first()).toBeVisible();
                    if (state === 'normal') await page.getByRole('button', { name: 'Why?' }).first().click();
                    await page.screenshot({ path: `test-results/shots/${state}-${device}-${colorScheme}-${language}.png`, fullPage: true });
                    if (state !== 'running' || language === 'de') return;
                    await page.getByRole('button', { name: 'Take over' }).first().click();
                    await page.screenshot({ path: `test-results/shots/sheet-${device}-${colorScheme}.png` });
                });
            for (const language of ['de', 'en'] as const)
                test(`what if ${language}`, async ({ page, open }) => {
                    await open({ state: 'normal' }, language);
                    await page.getByRole('button', { name: /Why\?|Warum\?/ }).first().click();
                    await page.getByRole('button', { name: /What if|Was wäre/ }).first().click();
                    const panel = page.locator('[data-part=whatif]');
                    await panel.getByRole('spinbutton').first().fill('2600');
                    await expect(panel.getByText(/Then also|Dann auch/)).toBeVisible();
                    await page.screenshot({ path: `test-results/shots/whatif-${device}-${colorScheme}-${language}.png` });
                });
            test('safety', async ({ page, open }) => {
                const house = await open({ state: 'running' }, 'de');
                await page.getByRole('link', { name: /Schutzlinien/ }).click();
                await page.screenshot({ path: `test-results/shots/safety-bare-${device}-${colorScheme}.png`, fullPage: true });
                house.change(guarded());
                await page.getByText('Was geprüft wurde').click();
                await page.screenshot({ path: `test-results/shots/safety-guarded-${device}-${colorScheme}.png`, fullPage: true });
                house.change(withTroubles(uncontrolled(), trouble('guard', 'GUARD_HOLDS', 'warn'), trouble('ups', 'ON_BATTERY'), trouble('database', 'DISK_FULL')));
                await expect(page.locator('[data-notice=uncontrolled]')).toBeVisible();
                await page.locator('[data-notice] summary').click();
                await page.screenshot({ path: `test-results/shots/safety-held-${device}-${colorScheme}.png`, fullPage: true });
            });
        });
