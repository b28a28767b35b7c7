// What axe does not see: small targets, sideways scrolling, foreign hosts, a broken content policy.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

export async function expectAccessible(page: Page) {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

export async function expectLargeTargets(page: Page) {
    const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, summary, a[href], input:not([type=radio]), label:has(input)')]
            .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.matches('.skip'))
            .map((element) => ({ text: element.textContent?.trim().slice(0, 30), box: element.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
            .map(({ text, box }) => `${text}: ${box.width}x${box.height}`),
    );
    expect(small).toEqual([]);
}

/** Names what reaches over the right edge, innermost first: that is where to look. */
export async function expectNoSidewaysScroll(page: Page) {
    const over = await page.evaluate(() => {
        const edge = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= edge) return [];
        return [...document.querySelectorAll('body *')]
            .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > edge)
            .reverse()
            .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} to ${Math.round(element.getBoundingClientRect().right)}: ${element.textContent?.trim().slice(0, 40)}`);
    });
    expect(over).toEqual([]);
}

/** The rows of a table as they are read out. */
export async function rowsOf(table: Locator): Promise<string[]> {
    const rows = await table.getByRole('row').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent).join(' ')));
    return rows.map((row) => row.replace(/\s+/g, ' ').trim());
}

/** Collects what should never happen from here on; look at the list at the end. */
export function watch(page: Page): string[] {
    const seen: string[] = [];
    page.on('console', (message) => {
        if (/content security policy|refused to/i.test(message.text())) seen.push(`policy: ${message.text()}`);
    });
    page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
    const check = (address: string) => {
        const { hostname, protocol } = new URL(address);
        if (!['127.0.0.1', 'localhost'].includes(hostname) && !['blob:', 'data:'].includes(protocol)) seen.push(`foreign: ${address}`);
    };
    page.on('request', (request) => check(request.url()));
    page.on('websocket', (socket) => check(socket.url()));
    return seen;
}
