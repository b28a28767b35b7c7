// A page that looks at a house on paper in a given state.
import { fileURLToPath } from 'node:url';
import { test as base } from '@playwright/test';
import { PaperHouse, type PaperOptions } from '../fixture-server/server.ts';

export type Open = (options: PaperOptions, language?: 'de' | 'en') => Promise<PaperHouse>;

export const folder = fileURLToPath(new URL('../../dist', import.meta.url));

export const test = base.extend<{ open: Open }>({
    open: async ({ page }, use) => {
        const houses: PaperHouse[] = [];
        await use(async (options, language = 'en') => {
            const house = new PaperHouse(folder, options);
            houses.push(house);
            const port = await house.start();
            await page.addInitScript((choice) => localStorage.setItem('bitgrid.language', choice), language);
            await page.goto(`http://127.0.0.1:${port}/`);
            return house;
        });
        await Promise.all(houses.map((house) => house.stop()));
    },
});
export { expect } from '@playwright/test';
