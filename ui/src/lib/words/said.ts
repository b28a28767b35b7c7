// What a part of the house is called, and what the page says when something is wrong with it.
import type { HealthPart, Live } from '../api/types.ts';
import { has, language, named, t } from '../language.svelte.ts';
import type { Line, LineState } from './defence.ts';
import { clock } from './format.ts';
import { loadOf, troubleOf } from './troubles.ts';

// `sensor/pv_power_w`, `sensor/miner.temp_c`, or a check of several readings, as `sensor/balance`.
function sensorName(live: Live, sensor: string): string {
    const [owner, own] = sensor.split('.') as [string, string | undefined];
    const signal = own === 'limit' ? 'power_w' : (own ?? owner);
    const check = named('part', signal);
    if (check !== signal) return check;
    const load = own === undefined ? undefined : (live.loads.find((one) => one.id === owner)?.name ?? owner);
    const name = named('signal', signal);
    return load === undefined ? t('part.sensor', { name }) : t('part.sensor.load', { name, load });
}

export function nameOf(live: Live, part: HealthPart): string {
    const [family, device = part.part] = part.part.split('/');
    if (family === 'sensor') return sensorName(live, device);
    const behind = live.loads.find((load) => device === `${load.id}_plug`);
    return loadOf(live, part)?.name ?? (behind ? t('part.plug', { name: behind.name }) : named('part', device));
}

const isKnown = (code: string) => has(`trouble.${code}`);

export const troubleText = (live: Live, part: HealthPart): string => t(`trouble.${troubleOf(part, isKnown)}`, { name: nameOf(live, part) });
export const troubleAdvice = (part: HealthPart): string => t(`trouble.${troubleOf(part, isKnown)}.do`);

/** All lines of defence in one sentence. */
export function summaryOf(live: Live, lines: Line[]): { state: LineState; text: string } {
    const having = (...states: LineState[]) => lines.filter((line) => states.includes(line.state)).length;
    if (having('unknown') > 0) return { state: 'unknown', text: t('safety.unknown', { time: clock(live.time, live.site.time_zone, language()) }) };
    const troubled = having('warn', 'bad');
    if (troubled > 0) {
        const text = troubled === 1 ? t('safety.trouble.one') : t('safety.trouble.other', { count: String(troubled) });
        return { state: having('bad') > 0 ? 'bad' : 'warn', text };
    }
    const lacking = having('none');
    if (lacking === 0) return { state: 'ready', text: t('safety.all') };
    return { state: 'ready', text: t('safety.all.partly', { count: String(lacking), all: String(lines.length) }) };
}
