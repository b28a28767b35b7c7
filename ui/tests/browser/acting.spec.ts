import { expectAccessible, expectLargeTargets } from './own_checks.ts';
import { expect, test } from './paper.ts';

test('a stop for half an hour, and back', async ({ page, open }) => {
    const house = await open({ state: 'running' });
    await page.locator('[data-load=miner]').getByRole('button', { name: 'Take over' }).click();
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await expectAccessible(page);
    await expectLargeTargets(page);
    await sheet.getByText('30\u202fmin').click();
    await sheet.getByRole('button', { name: 'Stop now' }).click();
    await expect(sheet).toBeHidden();
    await expect.poll(() => house.asked[0]).toMatchObject({ method: 'POST', path: 'override', body: { load_id: 'miner', action: 'STOP', duration_min: 30 } });
    expect(String(house.asked[0]?.body['command_id'])).toMatch(/^[0-9a-f]{24}$/);
    await expect(page.locator('[data-notice=override] p')).toContainText('You stopped Avalon.');
    await page.getByRole('button', { name: 'Back to automatic' }).click();
    await expect(page.locator('[data-notice=override]')).toHaveCount(0);
    await expect.poll(() => house.asked[1]).toMatchObject({ method: 'DELETE', path: 'override/miner' });
});

test('a limit in watts', async ({ page, open }) => {
    const house = await open({ state: 'running' });
    await page.locator('[data-load=miner]').getByRole('button', { name: 'Take over' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Limit', { exact: true }).click();
    await sheet.getByRole('spinbutton').fill('950');
    await sheet.getByRole('button', { name: 'Limit now' }).click();
    await expect(sheet).toBeHidden();
    await expect.poll(() => house.asked[0]?.body).toMatchObject({ action: 'LIMIT', watts: 950, duration_min: 60 });
});

test('the reserve is used only on a second tap', async ({ page, open }) => {
    const house = await open({ state: 'normal', guardsReserve: true });
    await page.locator('[data-load=miner]').getByRole('button', { name: 'Take over' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Start now' }).click();
    await expect(sheet.getByRole('alert')).toContainText('The battery is at 48 %, the house reserve is 50 %.');
    await expectAccessible(page);
    await sheet.getByRole('button', { name: 'Do it anyway, even from the reserve' }).click();
    await expect(sheet).toBeHidden();
    await expect.poll(() => house.asked.map((one) => one.body['use_reserve'])).toEqual([undefined, true]);
});

test('a locked load cannot be started', async ({ page, open }) => {
    await open({ state: 'lockout' });
    await page.locator('[data-load=miner]').getByRole('button', { name: 'Take over' }).click();
    await expect(page.getByRole('radio', { name: 'Start' })).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Stop now' })).toBeEnabled();
});

test('the emergency stop takes two taps, and so does its end', async ({ page, open }) => {
    const house = await open({ state: 'running' });
    await page.getByRole('button', { name: 'Stop all' }).click();
    expect(house.asked).toEqual([]);
    await page.getByRole('button', { name: 'Tap again: all off' }).click();
    await expect(page.locator('[data-notice=emergency]')).toBeVisible();
    await expect.poll(() => house.asked.map((one) => one.path)).toEqual(['emergency-stop']);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('button', { name: 'Tap again: release' }).click();
    await expect(page.locator('[data-notice=emergency]')).toHaveCount(0);
    await expect.poll(() => house.asked.map((one) => one.path)).toEqual(['emergency-stop', 'safety/ack']);
});

test('a single tap on the emergency stop is forgotten', async ({ page, open }) => {
    await page.clock.install();
    const house = await open({ state: 'running' });
    await page.getByRole('button', { name: 'Stop all' }).click();
    await expect(page.getByRole('button', { name: 'Tap again: all off' })).toBeVisible();
    await page.clock.runFor(5_100);
    await expect(page.getByRole('button', { name: 'Stop all' })).toBeVisible();
    expect(house.asked).toEqual([]);
});

test('how much runs by itself is chosen in words', async ({ page, open }) => {
    const house = await open({ state: 'running' });
    await page.getByRole('button', { name: 'Automatic' }).click();
    await expectAccessible(page);
    await page.getByRole('radio', { name: 'Manual' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => house.asked[0]).toMatchObject({ method: 'PUT', path: 'autonomy', body: { level: 'MANUAL' } });
    await expect(page.locator('[data-notice=manual]')).toBeVisible();
});

test('a proposal is accepted with one tap', async ({ page, open }) => {
    const house = await open({ state: 'assist' });
    await expect(page.getByText('Suggestion: start Avalon now.')).toBeVisible();
    await page.getByRole('button', { name: 'Accept' }).click();
    await expect(page.locator('[data-part=proposal]')).toHaveCount(0);
    await expect.poll(() => house.asked[0]?.path).toMatch(/^proposals\/[0-9a-f-]+\/accept$/);
});

test('a house with tokens asks for one', async ({ page, open }) => {
    await open({ state: 'running', token: 'sesame' });
    await expect(page.getByRole('heading', { name: 'Please sign in' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await page.getByLabel('Access token').fill('open');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toHaveText('This token is not known here.');
    await expectAccessible(page);
    await page.getByLabel('Access token').fill('sesame');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Avalon keeps running.' })).toBeVisible();
});
