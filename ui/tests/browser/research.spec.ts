import { expectAccessible, expectLargeTargets } from './own_checks.ts';
import { expect, test } from './paper.ts';

test('research is off, is turned on, gives an export, and is turned off', async ({ page, open }) => {
    const house = await open({ state: 'running' });
    const card = page.locator('[data-research]');
    await expect(card).toHaveAttribute('data-research', 'off');
    await expect(card).toContainText('Research is off: nothing of the past is given away.');
    await expect(page.locator('[data-badge=research]')).toHaveCount(0);
    await card.getByRole('button', { name: 'Turn on' }).click();
    await expect(card).toHaveAttribute('data-research', 'on');
    await expect(page.locator('[data-badge=research]')).toHaveText('Research is on');
    await card.getByRole('button', { name: 'Show exports' }).click();
    await expect(card).toContainText('There are no exports yet.');
    await card.getByRole('button', { name: 'Export the last 30 days' }).click();
    const fetched = page.waitForEvent('download');
    await card.getByRole('button', { name: 'Download 2026-06-15T100000Z.zip' }).click();
    expect((await fetched).suggestedFilename()).toBe('2026-06-15T100000Z.zip');
    await expectAccessible(page);
    await expectLargeTargets(page);
    await card.getByRole('button', { name: 'Turn off' }).click();
    await expect(card).toHaveAttribute('data-research', 'off');
    await expect(page.locator('[data-badge=research]')).toHaveCount(0);
    expect(house.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT research', 'POST exports', 'PUT research']);
    expect(house.asked[0]?.body).toMatchObject({ enabled: true });
    expect(house.asked[2]?.body).toMatchObject({ enabled: false });
});
