// The page against the real controller: what a person sees who opens it.
import { expect, test } from './house.ts';

test('a decision appears with its numbers, and the page asks nobody else', async ({ page, house }) => {
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
        if (new URL(request.url()).host !== new URL(house.url).host) foreign.push(request.url());
    });
    page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(house.url);
    await expect(page.getByText(/battery|sun is spare|Speicher|Sonne/).first()).toBeVisible({ timeout: 45_000 });
    await expect(page.getByText(/\d/).first()).toBeVisible();
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
});

test('a wish is shown at once and taken back', async ({ page, house, request }) => {
    await page.goto(house.url);
    const wish = await request.post(`${house.url}api/v1/override`, { data: { load_id: 'rod', action: 'STOP', duration_min: 600 } });
    expect(wish.status()).toBe(200);
    await expect(page.getByText(/you asked|du es willst/).first()).toBeVisible();
    const { override_id } = (await wish.json()) as { override_id: string };
    expect((await request.delete(`${house.url}api/v1/override/${override_id}`)).status()).toBe(200);
    await expect(page.getByText(/you asked|du es willst/)).toHaveCount(0);
});
