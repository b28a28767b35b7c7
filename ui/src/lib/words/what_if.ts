// What can be tried of a decision: its values in a steady order, what was moved, and how far a slider reaches.
import type { WhatIfField, WhatIfRequest } from '../api/types.ts';

/** What the reader set, by keyOf(). */
export type Moved = Record<string, number>;

export const keyOf = (field: Pick<WhatIfField, 'kind' | 'name'>) => `${field.kind}:${field.name}`;

/** The order that is on the screen stays; values are those of now, what is new stands last. */
export function merged(shown: WhatIfField[], told: WhatIfField[]): WhatIfField[] {
    const newest = new Map(told.map((field) => [keyOf(field), field]));
    const known = new Set(shown.map(keyOf));
    return [...shown.map((field) => newest.get(keyOf(field)) ?? field), ...told.filter((field) => !known.has(keyOf(field)))];
}

export const isAllowed = (field: WhatIfField, value: number) =>
    Number.isFinite(value) && value >= field.min && value <= field.max && (field.unit !== 'blocks' || Number.isInteger(value));

export function requestOf(moved: Moved, fields: WhatIfField[], about: { load: string; decision: string | null }): WhatIfRequest {
    const request: WhatIfRequest & Required<Pick<WhatIfRequest, 'signals' | 'rules'>> = { load: about.load, signals: {}, rules: {} };
    if (about.decision) request.decision_id = about.decision;
    for (const field of fields) {
        const value = moved[keyOf(field)];
        if (value === undefined) continue;
        (field.kind === 'rule' ? request.rules : request.signals)[field.name] = value;
    }
    return request;
}

// A value of a house, where the allowed range is that of a power station.
const usual: Record<string, number> = { W: 2000, kW: 2, 'ct/kWh': 20, '°C': 50, s: 60, min: 60, blocks: 3, kWh: 10 };

// The next of 1, 2, 3, 5, 7 times a power of ten: a round end for a slider.
function roundUp(value: number): number {
    const ten = 10 ** Math.floor(Math.log10(value));
    const digit = [1, 2, 3, 5, 7, 10].find((one) => one * ten >= value) ?? 10;
    return digit * ten;
}

/** Both ends of a field's slider: what its unit has at home, with room for its value and its neighbours'. */
export function reach(field: WhatIfField, fields: WhatIfField[]): { min: number; max: number } {
    if (field.unit === '%') return { min: field.min, max: field.max };
    const largest = fields
        .filter((one) => one.unit === field.unit)
        .reduce((most, one) => Math.max(most, Math.abs(one.value ?? 0)), usual[field.unit] ?? 1);
    const below = field.min < 0 && (field.value ?? 0) < 0;
    return { min: Math.max(field.min, below ? -roundUp(2 * largest) : 0), max: Math.min(field.max, roundUp(2 * largest)) };
}

/** As it stands in an input: short, without the noise of a mean. */
export const shownValue = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(Number(value.toPrecision(5))));

/** Of `miner.temp_c` the load's id, and the signal. */
export function partsOf(name: string): { load: string | null; signal: string } {
    const dot = name.indexOf('.');
    return dot < 0 ? { load: null, signal: name } : { load: name.slice(0, dot), signal: name.slice(dot + 1) };
}
