import { PaperHouse } from '../fixture-server/server.ts';
import { expect, folder, test } from './paper.ts';

test('a house that goes and comes back', async ({ page, open }) => {
    const house = await open({ state: 'running' });
    const port = house.port;
    await expect(page.locator('[data-link=live]')).toBeVisible();
    await house.stop();
    await expect(page.locator('[data-notice=offline] p')).toHaveText('No connection. Values from 11:14.');
    for (const button of await page.getByRole('button', { name: /Take over|Stop all/ }).all()) await expect(button).toBeDisabled();
    const again = new PaperHouse(folder, { state: 'running', port });
    await again.start();
    try {
        await expect(page.locator('[data-link=live]')).toBeVisible({ timeout: 20_000 });
        await expect(page.locator('[data-notice=offline]')).toHaveCount(0);
        await expect(page.getByRole('button', { name: 'Take over' }).first()).toBeEnabled();
    } finally {
        await again.stop();
    }
});

test('a lost message is noticed and made good', async ({ page, open }) => {
    const house = await open({ state: 'normal' });
    await expect(page.locator('[data-link=live]')).toBeVisible();
    house.live = { ...house.live, autonomy: 'MANUAL' };
    house.change({ surplus_kw: 0.5 }, 1);
    await expect(page.locator('[data-notice=manual]')).toBeVisible();
});

test('a silent line is given up after fifteen seconds', async ({ page, open }) => {
    await page.clock.install();
    let connections = 0;
    await page.routeWebSocket(/api\/v1\/ws/, (socket) => {
        connections += 1;
        const server = socket.connectToServer();
        let heard = 0;
        server.onMessage((message) => {
            heard += 1;
            if (connections > 1 || heard === 1) socket.send(message);
        });
    });
    await open({ state: 'normal' });
    await expect(page.locator('[data-link=live]')).toBeVisible();
    expect(connections).toBe(1);
    await page.clock.runFor(16_500);
    await expect.poll(() => connections).toBe(2);
    await expect(page.locator('[data-link=live]')).toBeVisible();
});

test('nobody there at all', async ({ page, open }) => {
    await page.routeWebSocket(/api\/v1\/ws/, (socket) => socket.close());
    await open({ state: 'normal' });
    await expect(page.getByRole('heading', { name: /No connection to the house|Connecting/ })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'No connection to the house' })).toBeVisible({ timeout: 20_000 });
});
