import { describe, expect, it } from 'vitest';
import { states } from '../../../tests/fixture-server/states.ts';
import type { Live } from '../api/types.ts';
import { flowOf } from './flow.ts';

// A small generator with a seed: the same houses each time.
function generator(seed: number) {
    let state = seed;
    return () => {
        state = (state * 1664525 + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
}

function rolled(chance: () => number): Live {
    const live = states.running();
    const signals = live.signals;
    const roll = (from: number, to: number) => (chance() < 0.1 ? null : from + chance() * (to - from));
    for (const [name, from, to] of [['pv_power_w', 0, 9000], ['grid_import_w', 0, 5000], ['grid_export_w', 0, 5000], ['house_load_w', 0, 4000], ['battery_power_w', -5000, 5000]] as const) {
        const value = roll(from, to);
        signals[name] = { value, unit: 'W', age_s: 1, quality: value === null ? 'missing' : 'good' };
    }
    live.site.has_battery = chance() < 0.8;
    return live;
}

const sum = (shares: { watts: number }[]) => shares.reduce((all, share) => all + share.watts, 0);

describe('the energy flow', () => {
    it('has two sides of the same length and no negative part, in any house', () => {
        const chance = generator(7);
        for (let i = 0; i < 2000; i++) {
            const flow = flowOf(rolled(chance));
            expect(sum(flow.from)).toBeCloseTo(flow.total, 6);
            expect(sum(flow.to)).toBeCloseTo(flow.total, 6);
            for (const share of [...flow.from, ...flow.to]) expect(share.watts).toBeGreaterThanOrEqual(0);
        }
    });
    it('says which side misses something only where it is more than noise', () => {
        const live = states.normal();
        expect(flowOf(live).unknownSide).toBeNull();
        live.signals.pv_power_w.value = 4000;
        expect(flowOf(live).unknownSide).toBe('to');
        live.signals.pv_power_w.value = 100;
        expect(flowOf(live).unknownSide).toBe('from');
    });
    it('counts a discharging battery as a source and a charging one as a sink', () => {
        const live = states.normal();
        live.signals.battery_power_w.value = 700;
        const at = (key: string) => [...flowOf(live).from, ...flowOf(live).to].find((share) => share.key === key)?.watts;
        expect([at('battery'), at('charge')]).toEqual([700, 0]);
        live.signals.battery_power_w.value = -700;
        expect([at('battery'), at('charge')]).toEqual([0, 700]);
    });
    it('knows that it knows nothing', () => {
        const live = states.normal();
        for (const name of ['pv_power_w', 'grid_import_w', 'house_load_w'] as const) live.signals[name] = { value: null, unit: 'W', age_s: null, quality: 'missing' };
        expect(flowOf(live).isKnown).toBe(false);
    });
});
