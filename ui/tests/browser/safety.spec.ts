import { guarded, start, states, trouble, uncontrolled, withTroubles } from '../fixture-server/states.ts';
import type { HealthCode, Live } from '../../src/lib/api/types.ts';
import en from '../../src/lib/locales/en.json' with { type: 'json' };
import { expectAccessible, expectLargeTargets, expectNoSidewaysScroll, watch } from './own_checks.ts';
import { expect, test } from './paper.ts';

const codes = Object.keys(en)
    .map((key) => /^trouble\.([A-Z_]+)$/.exec(key)?.[1] as HealthCode | undefined)
    .filter((code) => code !== undefined);

// Every face of the page in one visit: loading it anew for each would take minutes.
const faces: Record<string, () => Live> = {
    guarded,
    emergency: states.emergency,
    'failed drill': () => ({ ...guarded(), drill: { ...guarded().drill!, passed: false, steps: [{ check: 'stop_confirmed', result: 'failed', took_s: 60 }] } }),
    'held by all': () => withTroubles(uncontrolled(), trouble('guard', 'GUARD_HOLDS', 'warn'), trouble('ups', 'ON_BATTERY'), trouble('device/miner_plug', 'CONTACT_WELDED')),
};

for (const [colorScheme, language] of [['light', 'de'], ['dark', 'en']] as const)
    test.describe(`${colorScheme} ${language}`, () => {
        test.use({ colorScheme });
        test('the page Safety can be read and used by everybody', async ({ page, open }) => {
            const seen = watch(page);
            const house = await open({ state: 'running' }, language);
            await page.getByRole('link', { name: /lines of defence|Schutzlinien/ }).click();
            for (const [name, face] of Object.entries(faces)) {
                house.change(face());
                await expect(page.locator('[data-line]')).toHaveCount(6);
                for (const fold of await page.locator('summary:visible').all()) await fold.click();
                await test.step(name, async () => {
                    await expectAccessible(page);
                    await expectLargeTargets(page);
                    await expectNoSidewaysScroll(page);
                });
            }
            expect(seen).toEqual([]);
        });
    });

test('every trouble is said in one banner, with what to do', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    const banner = page.locator('[data-notice=trouble]');
    for (const code of codes) {
        house.change(withTroubles(states.normal(), trouble('device/miner', code)));
        const texts = en as Record<string, string>;
        await expect(banner.locator('p')).toHaveText((texts[`trouble.${code}`] ?? '').replace('{name}', 'Avalon'));
        await expect(banner).toContainText(`Since 11:04. ${texts[`trouble.${code}.do`]}`);
        await expect(page.locator('[data-notice]')).toHaveCount(1);
    }
    house.change(withTroubles(states.normal(), trouble('device/miner', 'OF_TOMORROW' as HealthCode)));
    await expect(banner.locator('p')).toHaveText('Avalon needs attention.');
    house.change(uncontrolled());
    await expect(page.locator('[data-notice=uncontrolled]')).toContainText('Pull the plug, or switch off the fuse.');
});

test('a reading that is not believed is named', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    for (const [part, code, said] of [
        ['sensor/grid_import_w', 'FROZEN', 'The reading “grid import” has shown the very same value for too long.'],
        ['sensor/miner.temp_c', 'FROZEN', 'The reading “temperature” of Avalon has shown the very same value for too long.'],
        ['sensor/balance', 'IMPLAUSIBLE', 'The energy balance reports values that do not fit together.'],
    ] as const) {
        house.change(withTroubles(states.normal(), trouble(part, code)));
        await expect(page.locator('[data-notice=trouble] p')).toHaveText(said);
    }
});

test('the page Safety is a page of its own: an address, a way back, its title first', async ({ page, open }) => {
    await open({ state: 'running' });
    await page.getByRole('link', { name: 'See the lines of defence' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Safety' })).toBeFocused();
    await expect(page).toHaveTitle(/^Safety/);
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Lines of defence' })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole('heading', { name: 'Energy flow' })).toBeVisible();
});

test('each line of defence says how it stands, and the dead man counts down', async ({ page, open }) => {
    await page.clock.install({ time: start });
    const house = await open({ state: 'running' });
    await page.getByRole('link', { name: 'See the lines of defence' }).click();
    const line = (name: string) => page.locator(`[data-line=${name}]`);
    await expect(line('guard')).toHaveAttribute('data-state', 'none');
    await expect(line('guard')).toContainText('not set up');
    await expect(line('relay')).toContainText('Avalon: closed, mains are on');
    await expect(line('deadman')).toContainText(/Avalon: switches off in 8\d\u202fs unless renewed/);
    await page.clock.runFor(9_000);
    await expect(line('deadman')).toContainText(/Avalon: switches off in 7\d\u202fs unless renewed/);
    house.change(guarded());
    await expect(page.locator('[data-safety]')).toHaveText('All that protects you is ready.');
    await expect(page.locator('[data-drill=passed]')).toContainText('Passed on 3 June 2026, with Avalon.');
});

test('a lockout is acknowledged on the page Safety', async ({ page, open }) => {
    const house = await open({ state: 'lockout' });
    await page.getByRole('link', { name: 'See the lines of defence' }).click();
    const holds = page.locator('main .side');
    await expect(holds).toContainText('Avalon: locked until at least 11:40.');
    await holds.getByRole('button', { name: 'Acknowledge' }).click();
    await holds.getByRole('button', { name: 'Tap again: release' }).click();
    await expect(holds).toContainText('Nothing is locked.');
    await expect.poll(() => house.asked[0]).toMatchObject({ method: 'POST', path: 'safety/ack' });
});
