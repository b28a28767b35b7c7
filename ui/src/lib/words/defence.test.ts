import { describe, expect, it } from 'vitest';
import { guarded, start, states, trouble, withTroubles } from '../../../tests/fixture-server/states.ts';
import type { Live } from '../api/types.ts';
import { isDrillDue, linesOf, type LineName, type LineState } from './defence.ts';

const stateOf = (live: Live, name: LineName, isLive = true): LineState | undefined => linesOf(live, isLive, 0).find((line) => line.name === name)?.state;

describe('the lines of defence', () => {
    it('are all ready in a house that has them', () => expect(linesOf(guarded(), true, 0).map((line) => line.state)).toEqual(Array(6).fill('ready')));
    it('are unknown where the house is not heard, whatever it said last', () => expect(new Set(linesOf(guarded(), false, 0).map((line) => line.state))).toEqual(new Set(['unknown'])));
    it('say what is not set up', () => {
        for (const name of ['guard', 'watchdog', 'ups'] as const) expect(stateOf(states.running(), name)).toBe('none');
        const bare = states.normal();
        bare.loads = bare.loads.map((load) => ({ ...load, relay: false, relay_closed: null, dead_man_left_s: null }));
        expect([stateOf(bare, 'relay'), stateOf(bare, 'deadman')]).toEqual(['none', 'none']);
    });
    it('take the word of the part that is one', () => {
        expect(stateOf(withTroubles(states.running(), trouble('guard', 'GUARD_HOLDS', 'warn')), 'guard')).toBe('warn');
        expect(stateOf(withTroubles(states.running(), trouble('ups', 'ON_BATTERY')), 'ups')).toBe('bad');
        expect(stateOf(withTroubles(states.running(), trouble('device/miner_plug', 'CONTACT_WELDED')), 'relay')).toBe('bad');
    });
    it('notice a cycle that stands still', () => {
        expect(stateOf({ ...states.running(), last_cycle: new Date(start - 20_000).toISOString() }, 'controller')).toBe('bad');
        expect(stateOf({ ...states.running(), last_cycle: null }, 'controller')).toBe('warn');
    });
    it('count down between two messages, and never below nothing', () => {
        const left = (elapsed: number) => linesOf(states.running(), true, elapsed).find((line) => line.name === 'deadman')?.loads[0];
        expect(left(0)?.leftS).toBe(87);
        expect(left(7_000)?.leftS).toBe(80);
        expect(left(500_000)).toMatchObject({ leftS: 0, state: 'warn' });
    });
    it('let a dead man rest while its load is off, and miss it while the load runs', () => {
        expect(stateOf(states.normal(), 'deadman')).toBe('rest');
        const bare = states.running();
        bare.loads = bare.loads.map((load) => ({ ...load, dead_man_left_s: null }));
        expect(stateOf(bare, 'deadman')).toBe('warn');
    });
});

describe('a self-test', () => {
    it('is due where there was none, where it failed, and after three months', () => {
        const live = guarded();
        const days = (n: number): Live => ({ ...live, drill: { ...live.drill!, time: new Date(start - n * 86_400_000).toISOString() } });
        expect([isDrillDue(days(12)), isDrillDue(days(91)), isDrillDue(days(93))]).toEqual([false, false, true]);
        expect(isDrillDue({ ...live, drill: null })).toBe(true);
        expect(isDrillDue({ ...live, drill: { ...live.drill!, passed: false } })).toBe(true);
    });
});
