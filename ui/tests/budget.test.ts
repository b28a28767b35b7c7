import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const kB = 1000;

describe('the built page', () => {
    let folder = '';
    let files: string[] = [];
    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'bitgrid-page-'));
        execFileSync('node_modules/.bin/vite', ['build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error']);
        files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    }, 60_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const packedSize = (kind: RegExp) =>
        files.filter((name) => kind.test(name)).reduce((all, name) => all + readFileSync(join(folder, name)).length, 0);

    it('keeps its budgets, packed', () => {
        expect(packedSize(/\.gz$/)).toBeLessThanOrEqual(150 * kB);
        expect(packedSize(/index-.*\.js\.gz$/)).toBeLessThanOrEqual(60 * kB);
        expect(packedSize(/\.css\.gz$/)).toBeLessThanOrEqual(10 * kB);
        for (const language of ['de', 'en']) {
            const size = packedSize(new RegExp(`${language}-.*\\.js\\.gz$`));
            expect(size).toBeGreaterThan(0);
            expect(size).toBeLessThanOrEqual(15 * kB);
        }
    });
    it('is packed twice beside each plain file, to the byte', () => {
        const plain = files.filter((name) => /\.(html|js|css|svg)$/.test(name));
        expect(plain.length).toBeGreaterThanOrEqual(5);
        for (const name of plain) {
            const bytes = readFileSync(join(folder, name));
            expect(gunzipSync(readFileSync(join(folder, `${name}.gz`)))).toEqual(bytes);
            expect(brotliDecompressSync(readFileSync(join(folder, `${name}.br`)))).toEqual(bytes);
        }
    });
    it('keeps to a strict policy: nothing inline, nothing from elsewhere', () => {
        const html = readFileSync(join(folder, 'index.html'), 'utf8');
        expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
        expect(html).not.toMatch(/(src|href)="(?!\.\/)/);
        // Beside name spaces, only what messages of the Svelte runtime point to.
        for (const name of files.filter((one) => /\.(js|css)$/.test(one)))
            expect(readFileSync(join(folder, name), 'utf8').match(/https?:\/\/(?!www\.w3\.org|svelte\.dev|github\.com)[\w.]+/g), name).toBeNull();
    });
});
