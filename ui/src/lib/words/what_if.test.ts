import { describe, expect, it } from 'vitest';
import example from '../../../../schemas/examples/what_if.json';
import type { WhatIf, WhatIfField } from '../api/types.ts';
import { isAllowed, keyOf, merged, partsOf, reach, requestOf, shownValue } from './what_if.ts';

const field = (change: Partial<WhatIfField>): WhatIfField => ({ kind: 'signal', name: 'pv_power_w', unit: 'W', value: 920, min: -100, max: 100_000, step: 10, ...change });
const now = example.now as WhatIf;
const fields = now.loads[0]?.fields ?? [];

describe('the values that can be tried', () => {
    it('are those of the decision, and each only once', () => {
        expect(fields.length).toBeGreaterThan(8);
        expect(new Set(fields.map(keyOf)).size).toBe(fields.length);
        expect(fields[0]?.name).toBe('pv_power_w');
    });
    it('keep their place on the screen', () => {
        const [a, b, c] = [field({ name: 'a' }), field({ name: 'b' }), field({ name: 'c', value: 1 })];
        const told = [{ ...c, value: 5 }, field({ name: 'd' }), a];
        expect(merged([a, b, c], told).map((one) => one.name)).toEqual(['a', 'b', 'c', 'd']);
        expect(merged([a, b, c], told)[2]?.value).toBe(5);
        expect(merged([], told)).toEqual(told);
    });
    it('are sent only where they were moved', () => {
        const about = { load: 'miner', decision: null };
        expect(requestOf({}, fields, about)).toEqual({ load: 'miner', signals: {}, rules: {} });
        expect(requestOf({ 'signal:pv_power_w': 2600, 'rule:surplus_min_kw': 1.4 }, fields, about)).toEqual(example.request);
        expect(requestOf({}, [], { load: 'rod', decision: 'd-1' })).toEqual({ load: 'rod', decision_id: 'd-1', signals: {}, rules: {} });
    });
    it('stay within what the house takes', () => {
        expect(isAllowed(field({}), 5000)).toBe(true);
        for (const value of [NaN, Infinity, -101, 100_001]) expect(isAllowed(field({}), value)).toBe(false);
        expect(isAllowed(field({ unit: 'blocks', min: 0, max: 1000 }), 1.5)).toBe(false);
        for (const one of fields) if (one.value !== null) expect(isAllowed(one, one.value), one.name).toBe(true);
    });
});

describe('a slider', () => {
    it('reaches as far as a house does, not as far as is allowed', () => {
        expect(reach(field({}), [])).toEqual({ min: 0, max: 5000 });
        expect(reach(field({ value: 8200 }), [field({ value: 8200 })])).toEqual({ min: 0, max: 20_000 });
        expect(reach(field({ unit: '%', min: 0, max: 100 }), [])).toEqual({ min: 0, max: 100 });
        expect(reach(field({ unit: '°C', min: 0, max: 95 }), []).max).toBe(95);
        expect(reach(field({ unit: 'ct/kWh', value: -5, min: -100, max: 1000 }), [])).toEqual({ min: -50, max: 50 });
    });
    it('holds the value and the bound beside it', () => {
        for (const one of fields) {
            const { min, max } = reach(one, fields);
            expect(min).toBeLessThan(max);
            for (const other of fields.filter((two) => two.unit === one.unit && two.value !== null)) {
                expect(other.value).toBeGreaterThanOrEqual(min);
                expect(other.value).toBeLessThanOrEqual(Math.max(max, one.max));
            }
        }
    });
});

describe('a value in an input', () => {
    it('is short, and empty where there is none', () => {
        expect([shownValue(46.436666), shownValue(3323.3833), shownValue(0), shownValue(null), shownValue(undefined)]).toEqual(['46.437', '3323.4', '0', '', '']);
    });
    it('knows its load', () => {
        expect(partsOf('miner.temp_c')).toEqual({ load: 'miner', signal: 'temp_c' });
        expect(partsOf('pv_power_w')).toEqual({ load: null, signal: 'pv_power_w' });
    });
});
