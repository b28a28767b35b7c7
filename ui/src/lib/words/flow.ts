// Where the power comes from and where it goes, as two sides of equal length. Watts, all >= 0.
import type { Live, Load, Signal } from '../api/types.ts';

export type Kind = 'sun' | 'battery' | 'grid' | 'house' | 'load' | 'charge' | 'export' | 'unknown';

export interface Share {
    key: string;
    kind: Kind;
    /** Name of a load; other kinds are named by their kind. */
    name?: string;
    watts: number;
    signal: Signal | null;
}

export interface Flow {
    from: Share[];
    to: Share[];
    /** Length of both sides. */
    total: number;
    /** What the other side does not know of, where it is worth a word. */
    unknownSide: 'from' | 'to' | null;
    isKnown: boolean;
}

const reading = (signal: Signal | undefined): number => (signal?.value !== null && signal?.quality !== 'missing' ? (signal?.value ?? 0) : 0);

const loadShare = (load: Load): Share => ({
    key: `load-${load.id}`,
    kind: 'load',
    name: load.name,
    watts: Math.max(0, reading(load.signals.power_w)),
    signal: load.signals.power_w,
});

const sum = (shares: Share[]) => shares.reduce((all, share) => all + share.watts, 0);

/** A difference below 10 % or 100 W is measuring noise and goes to the house, silently; above, it is shown. */
export function flowOf(live: Live): Flow {
    const s = live.signals;
    const battery = reading(s.battery_power_w);
    const share = (kind: Kind, watts: number, signal: Signal): Share => ({ key: kind, kind, watts: Math.max(0, watts), signal });
    const from = [share('sun', reading(s.pv_power_w), s.pv_power_w), share('grid', reading(s.grid_import_w), s.grid_import_w)];
    const to = [share('house', reading(s.house_load_w), s.house_load_w), ...live.loads.map(loadShare), share('export', reading(s.grid_export_w), s.grid_export_w)];
    if (live.site.has_battery) {
        from.splice(1, 0, share('battery', battery, s.battery_power_w));
        to.splice(1 + live.loads.length, 0, share('charge', -battery, s.battery_power_w));
    }
    const incoming = sum(from);
    const outgoing = sum(to);
    const total = Math.max(incoming, outgoing);
    const gap = Math.abs(incoming - outgoing);
    const short = incoming < outgoing ? from : to;
    if (gap > 0) short.push({ key: 'unknown', kind: 'unknown', watts: gap, signal: null });
    const isTold = gap > 100 && gap > total / 10;
    return {
        from,
        to,
        total,
        unknownSide: isTold ? (short === from ? 'from' : 'to') : null,
        isKnown: s.pv_power_w.value !== null || s.grid_import_w.value !== null || s.house_load_w.value !== null,
    };
}
