import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { typesOf } from '../scripts/schema_types.ts';

const folder = 'src/lib/api/schema';
// Of all schemas those that the page may meet: answers of the API and messages of the live feed.
const spoken = ['answer', 'decision', 'event', 'live', 'message', 'override', 'problem', 'views'];
const read = (name: string) => JSON.parse(readFileSync(`../schemas/${name}.schema.json`, 'utf8'));

describe('the types of what the daemon says', () => {
    // `npm run types` writes them anew.
    it.each(spoken)('%s are those of its schema', async (name) => {
        await expect(typesOf(name, read(name))).toMatchFileSnapshot(`../${folder}/${name}.ts`);
    });
    it('are no others', () => expect(readdirSync(folder).filter((file) => !spoken.includes(file.replace(/\.ts$/, '')))).toEqual([]));
    it('leave no word of a schema out', () => {
        expect(() => typesOf('x', { properties: { a: { not: {} } }, additionalProperties: false })).toThrow('"not"');
        expect(() => typesOf('x', { properties: { a: { properties: {} } }, additionalProperties: false })).toThrow('open to unknown keys');
        expect(() => typesOf('x', { properties: { a: { $ref: 'https://elsewhere/y' } }, additionalProperties: false })).toThrow('elsewhere');
        expect(() => typesOf('x', { properties: {}, additionalProperties: false, $defs: { x: { type: 'string' } } })).toThrow('two types');
    });
    it('tell what may be absent from what may be null', () => {
        const schema = { type: 'object', additionalProperties: false, required: ['a'], properties: { a: { type: ['number', 'null'] }, b: { description: 'why', enum: ['x', 'y'] } } };
        expect(typesOf('thing', schema)).toContain("export interface Thing {\n    a: number | null;\n    /** why */\n    b?: 'x' | 'y';\n}\n");
    });
});
