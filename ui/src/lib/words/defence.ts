// The lines of defence as they stand: what would take a load off if the one before it failed.
import type { HealthPart, Live, Load } from '../api/types.ts';

/** rest: nothing to guard now. none: not set up. unknown: the house is not heard. */
export type LineState = 'ready' | 'rest' | 'warn' | 'bad' | 'none' | 'unknown';
export const lineNames = ['controller', 'relay', 'deadman', 'guard', 'watchdog', 'ups'] as const;
export type LineName = (typeof lineNames)[number];

export interface Line {
    name: LineName;
    state: LineState;
    /** The part of the house that speaks for it. */
    part: HealthPart | undefined;
    /** Where each load has one of its own. */
    loads: { load: Load; state: LineState; leftS: number | null }[];
}

const order: LineState[] = ['ready', 'rest', 'none', 'unknown', 'warn', 'bad'];
const worst = (states: LineState[]): LineState => states.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 'ready');
const stalledMs = 5_000;

const partNamed = (live: Live, name: string) => live.health.parts.find((part) => part.part === name);

function stateOfPart(part: HealthPart | undefined): LineState {
    if (!part) return 'none';
    return part.status === 'ok' ? 'ready' : part.status === 'warn' ? 'warn' : 'bad';
}

function cycle(live: Live): LineState {
    if (live.last_cycle === null) return 'warn';
    return Date.parse(live.time) - Date.parse(live.last_cycle) > stalledMs ? 'bad' : 'ready';
}

function relay(live: Live, load: Load): LineState {
    const plug = partNamed(live, `device/${load.id}_plug`);
    if (!load.relay) return 'none';
    if (plug?.status === 'error') return 'bad';
    return plug?.status === 'warn' ? 'warn' : 'ready';
}

function deadMan(load: Load, leftS: number | null): LineState {
    if (leftS !== null) return leftS > 0 ? 'ready' : 'warn';
    if (load.level === 'off') return load.relay ? 'rest' : 'none';
    return load.relay ? 'warn' : 'none';
}

/** `elapsedMs`: since the house said it, by the page's clock, so that a countdown moves between two messages. */
export function linesOf(live: Live, isLive: boolean, elapsedMs: number): Line[] {
    const line = (name: LineName, state: LineState, part?: HealthPart, loads: Line['loads'] = []): Line => ({ name, state: isLive ? state : 'unknown', part, loads });
    const each = (name: LineName, judge: (load: Load, leftS: number | null) => LineState) => {
        const loads = live.loads.map((load) => {
            const leftS = load.dead_man_left_s === null ? null : Math.max(0, load.dead_man_left_s - elapsedMs / 1000);
            return { load, leftS, state: isLive ? judge(load, leftS) : ('unknown' as const) };
        });
        // A load without a relay of its own is no fault of the others' relays.
        const there = loads.filter((one) => one.state !== 'none');
        const state = there.length === 0 ? 'none' : there.every((one) => one.state === 'rest') ? 'rest' : worst(there.map((one) => one.state));
        return line(name, state, undefined, loads);
    };
    const spoken = (name: 'guard' | 'watchdog' | 'ups') => line(name, stateOfPart(partNamed(live, name)), partNamed(live, name));
    return [line('controller', cycle(live)), each('relay', (load) => relay(live, load)), each('deadman', deadMan), spoken('guard'), spoken('watchdog'), spoken('ups')];
}

const quarterMs = 92 * 86_400_000;

/** A self-test is due every three months, or where the last one failed. */
export const isDrillDue = (live: Live): boolean =>
    live.drill === null || !live.drill.passed || Date.parse(live.time) - Date.parse(live.drill.time) > quarterMs;
