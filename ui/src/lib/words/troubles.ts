// What is wrong with a part, as a key of the page's own words: by its code, else by what kind of part it is.
import type { HealthCode, HealthPart, Live } from '../api/types.ts';

const families = ['api', 'clock', 'config', 'controller', 'database', 'device', 'grid', 'guard', 'journal', 'load', 'mqtt', 'ups', 'watchdog'] as const;
type Family = (typeof families)[number];
export type Trouble = Exclude<HealthCode, ''> | Family | 'other';

// Parts that warn rarely and never for a single lost answer: these warnings are told without a code, too.
const alwaysTold: Family[] = ['clock', 'config', 'controller', 'database', 'grid', 'guard', 'journal', 'ups', 'watchdog'];

function familyOf(part: HealthPart): Family | 'other' {
    const [family] = part.part.split('/');
    return families.find((known) => known === family) ?? 'other';
}

/** `known`: whether the page has words for a code; a newer daemon may have more. */
export function troubleOf(part: HealthPart, known: (code: string) => boolean = () => true): Trouble {
    return part.code !== '' && known(part.code) ? part.code : familyOf(part);
}

/** Worth a banner: not a device that missed one poll, nor a stranger's bad message. */
export function isTold(part: HealthPart): boolean {
    if (part.status === 'ok') return false;
    const family = familyOf(part);
    if (part.status === 'warn' && ['NO_ANSWER', 'BAD_ANSWER'].includes(part.code)) return false;
    return part.status === 'error' || part.code !== '' || (family !== 'other' && alwaysTold.includes(family));
}

const rank = { error: 0, warn: 1, ok: 2 } as const;
export const worstFirst = (parts: HealthPart[]): HealthPart[] =>
    [...parts].sort((a, b) => rank[a.status] - rank[b.status] || a.part.localeCompare(b.part));

/** The load that a part is, or belongs to. */
export function loadOf(live: Live, part: HealthPart) {
    const [, name = ''] = part.part.split('/');
    return live.loads.find((load) => load.id === name);
}
