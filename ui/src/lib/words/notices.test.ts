import { describe, expect, it } from 'vitest';
import { states, trouble, uncontrolled, withTroubles, type StateName } from '../../../tests/fixture-server/states.ts';
import { byAttention, noticesOf, poseOf, roleOf, wantsAcknowledgement } from './notices.ts';

describe('the notices', () => {
    it.each<[StateName, string | undefined]>([
        ['normal', undefined],
        ['running', undefined],
        ['emergency', 'emergency'],
        ['safety', 'safety'],
        ['lockout', 'lockout'],
        ['safe', 'safe'],
        ['degraded', 'degraded'],
        ['override', 'override'],
        ['manual', 'manual'],
        ['assist', 'assist'],
        ['starting', 'starting'],
    ])('of %s begin with %s', (state, kind) => expect(noticesOf(states[state](), true)[0]?.kind).toBe(kind));

    it('begin with a lost line whatever else holds, and lose nothing of it', () => {
        for (const name of Object.keys(states) as StateName[]) {
            const live = states[name]();
            const kinds = noticesOf(live, false).map((notice) => notice.kind);
            expect(kinds).toEqual(['offline', ...noticesOf(live, true).map((notice) => notice.kind)]);
        }
    });
    it('are in the order of their weight', () => {
        const live = states.safety();
        live.autonomy = 'SEMI';
        live.missing_signals = ['battery_soc_pct'];
        live.loads[0]!.override = states.override().loads[0]!.override;
        expect(noticesOf(live, true).map((notice) => notice.kind)).toEqual(['safety', 'degraded', 'override', 'semi']);
    });
    it('speak in red only of safety', () => {
        for (const name of Object.keys(states) as StateName[])
            for (const notice of noticesOf(states[name](), true))
                expect(roleOf(notice) === 'danger', notice.kind).toBe(['emergency', 'safety', 'lockout', 'safe'].includes(notice.kind));
    });
});

describe('trouble with a part', () => {
    const kinds = (live: Parameters<typeof noticesOf>[0]) => noticesOf(live, true).map((notice) => notice.kind);
    it('is told after what is missing, before what somebody wished', () => {
        expect(kinds(withTroubles(states.override(), trouble('database', 'DISK_FULL')))).toEqual(['trouble', 'override']);
        expect(kinds(withTroubles(states.safe(), trouble('mqtt', 'BROKER_AWAY', 'warn')))).toEqual(['safe', 'trouble']);
    });
    it('goes first where it is why everything stands', () => {
        for (const part of [trouble('ups', 'ON_BATTERY'), trouble('guard', 'GUARD_HOLDS', 'warn'), trouble('controller', 'OTHER_CONTROLLER')])
            expect(kinds(withTroubles(states.safe(), part))).toEqual(['trouble', 'safe']);
    });
    it('is not told for one poll that was missed, or a bad message', () => {
        expect(kinds(withTroubles(states.normal(), trouble('device/inverter', 'NO_ANSWER', 'warn'), trouble('mqtt', '', 'warn'), trouble('api', '', 'warn')))).toEqual([]);
        expect(kinds(withTroubles(states.normal(), trouble('clock', '', 'warn')))).toEqual(['trouble']);
    });
    it('is nothing beside a load that cannot be switched off, which is told once', () => {
        expect(kinds(withTroubles(uncontrolled(), trouble('load/miner', 'NOT_UNDER_CONTROL')))[0]).toBe('uncontrolled');
        expect(kinds(withTroubles(uncontrolled(), trouble('load/miner', 'NOT_UNDER_CONTROL')))).not.toContain('trouble');
        expect(roleOf({ kind: 'uncontrolled', load: uncontrolled().loads[0]! })).toBe('danger');
        expect(noticesOf(uncontrolled(), false).map((notice) => notice.kind).slice(0, 2)).toEqual(['offline', 'uncontrolled']);
    });
});

describe('a load that needs attention', () => {
    it('comes first, the others stay in their order', () => {
        expect(byAttention(states.safety().loads).map((load) => load.id)).toEqual(['miner', 'rod']);
        expect(byAttention(states.normal().loads).map((load) => load.id)).toEqual(['miner', 'rod']);
    });
    it('may want an acknowledgement', () => {
        expect(wantsAcknowledgement(states.safety())).toBe(true);
        expect(wantsAcknowledgement(states.emergency())).toBe(true);
        expect(wantsAcknowledgement(states.normal())).toBe(false);
    });
});

describe('the hamster', () => {
    it('is calm wherever something is wrong', () => {
        const pose = (name: StateName) => poseOf(states[name](), byAttention(states[name]().loads)[0]);
        expect(['safety', 'lockout', 'safe', 'emergency'].map((name) => pose(name as StateName))).toEqual(Array(4).fill('shielded'));
        expect([pose('degraded'), pose('override'), pose('starting'), pose('running'), pose('normal')]).toEqual(['searching', 'waving', 'stretching', 'running', 'waiting']);
    });
});
