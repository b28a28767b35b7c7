// Numbers and times in the reader's language. A missing number is a dash, never a zero.
import type { Language } from '../api/types.ts';

export const missing = '–';

const locales = { de: 'de-DE', en: 'en-GB' } as const;
const minus = '\u2212';
const narrow = '\u202f';

const numberFormats = new Map<string, Intl.NumberFormat>();
const timeFormats = new Map<string, Intl.DateTimeFormat>();

export function number(value: number | null | undefined, digits: number, language: Language): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return missing;
    const key = `${language}${digits}`;
    let format = numberFormats.get(key);
    if (!format) {
        format = new Intl.NumberFormat(locales[language], {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
        });
        numberFormats.set(key, format);
    }
    // What rounds to zero has no sign; older browsers cannot be told so.
    const text = format.format(value);
    return /[1-9]/.test(text) ? text.replace('-', minus) : text.replace('-', '');
}

/** Watts below 100 W, else kilowatts with one decimal. */
export function power(watts: number | null | undefined, language: Language): string {
    if (watts === null || watts === undefined || !Number.isFinite(watts)) return missing;
    if (Math.round(Math.abs(watts)) < 100) return `${number(watts, 0, language)}${narrow}W`;
    return `${number(watts / 1000, 1, language)}${narrow}kW`;
}

// As the house says it: a price is per kWh anyway.
const shownUnit = (unit: string) => (unit === 'ct/kWh' ? 'ct' : unit);

const digitsOf: Record<string, number> = { kW: 1, 'ct/kWh': 1, 'TH/s': 1 };

/** A value with the unit that it came with; watts as power(). */
export function measure(value: number | null | undefined, unit: string, language: Language): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return missing;
    if (unit === 'W') return power(value, language);
    const text = number(value, digitsOf[unit] ?? 0, language);
    return unit === '' ? text : `${text}${narrow}${shownUnit(unit)}`;
}

/** Value and bound of a comparison. A digit more where they would look equal and are not: 1.46 is not 1.50. */
export function compared(value: number | null, bound: number | null, unit: string, language: Language): [string, string] {
    const texts = (digits: number): [string, string] => [
        `${number(value, digits, language)}${narrow}${shownUnit(unit)}`,
        `${number(bound, digits, language)}${narrow}${shownUnit(unit)}`,
    ];
    const plain: [string, string] = [measure(value, unit, language), measure(bound, unit, language)];
    if (value === null || bound === null || value === bound || plain[0] !== plain[1]) return plain;
    if (unit === 'W') return texts(Math.abs(value - bound) < 1 ? 1 : 0);
    const digits = digitsOf[unit] ?? 0;
    const finer = texts(digits + 1);
    return finer[0] === finer[1] ? texts(digits + 2) : finer;
}

/** The hour and minute at the site, wherever the reader is. */
export function clock(time: string | number | null, zone: string, language: Language): string {
    if (time === null) return missing;
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return missing;
    const key = `${language}${zone}`;
    let format = timeFormats.get(key);
    if (!format) {
        format = new Intl.DateTimeFormat(locales[language], { hour: '2-digit', minute: '2-digit', timeZone: zone });
        timeFormats.set(key, format);
    }
    return format.format(date);
}

/** The day at the site: 15 June 2026. */
export function day(time: string, zone: string, language: Language): string {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return missing;
    return new Intl.DateTimeFormat(locales[language], { day: 'numeric', month: 'long', year: 'numeric', timeZone: zone }).format(date);
}

/** A time to wait for: a begun minute counts as the next, so that "until" stays true. */
export function clockUntil(time: string, zone: string, language: Language): string {
    return clock(Math.ceil(Date.parse(time) / 60_000) * 60_000, zone, language);
}

/** How long something still takes or is past: 45 s, 6 min, 2 h 5 min. Rounded up where it is still to come. */
export function span(ms: number, language: Language, round: 'up' | 'down' = 'up'): string {
    const seconds = Math.max(0, round === 'up' ? Math.ceil(ms / 1000) : Math.floor(ms / 1000));
    const text = (value: number, unit: string) => `${number(value, 0, language)}${narrow}${unit}`;
    if (seconds < 60) return text(seconds, 's');
    const minutes = round === 'up' ? Math.ceil(seconds / 60) : Math.floor(seconds / 60);
    if (minutes < 60) return text(minutes, 'min');
    const rest = minutes % 60;
    return rest === 0 ? text(minutes / 60, 'h') : `${text(Math.floor(minutes / 60), 'h')} ${text(rest, 'min')}`;
}
