import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import de from '../src/lib/locales/de.json';
import en from '../src/lib/locales/en.json';

const texts: Record<string, Record<string, string>> = { de, en };

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(svelte|ts)$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => ({ name, text: readFileSync(join('src', name), 'utf8') }));
const all = sources.map((source) => source.text).join('\n');

// Keys as they stand in the source: whole, or as a pattern with parts that are only known later.
const whole = new Set([...all.matchAll(/['"]([a-z]+(?:\.\w+)+)['"]/gi)].map((match) => match[1] ?? ''));
const patterns = [...all.matchAll(/t\(`([^`]+)`/g)].map((match) => {
    const parts = (match[1] ?? '').split(/\$\{[^}]+\}/).map((part) => part.replace(/[.]/g, '\\.'));
    return new RegExp(`^${parts.join('\\w+')}$`);
});
const families = [...all.matchAll(/named\('(\w+)'/g)].map((match) => new RegExp(`^${match[1]}\\.`));
const isUsed = (key: string) => whole.has(key) || [...patterns, ...families].some((pattern) => pattern.test(key));

const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('the texts', () => {
    it('are the same in both languages, key for key', () => expect(Object.keys(de)).toEqual(Object.keys(en)));
    it.each(Object.keys(en))('%s has the same slots and says something', (key) => {
        expect(slots(texts['de']?.[key] ?? '')).toEqual(slots(texts['en']?.[key] ?? ''));
        for (const language of ['de', 'en']) expect(texts[language]?.[key]?.trim()).toBeTruthy();
    });
    it('are all used', () => expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]));
    it('are all there', () => {
        const asked = [...all.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1] ?? '');
        expect(asked.length).toBeGreaterThan(50);
        expect(asked.filter((key) => !(key in en))).toEqual([]);
        for (const pattern of patterns) expect(Object.keys(en).some((key) => pattern.test(key)), String(pattern)).toBe(true);
    });
    it('hold no word that stands in a component instead', () => {
        for (const { name, text } of sources.filter((source) => source.name.endsWith('.svelte'))) {
            const markup = text.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/<!--[\s\S]*?-->/g, '');
            const words = [...markup.replace(/\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}/g, '').matchAll(/>([^<>]*[a-zäöü]{3,}[^<>]*)</gi)];
            expect(words.map((match) => match[1]?.trim()), name).toEqual([]);
        }
    });
});
