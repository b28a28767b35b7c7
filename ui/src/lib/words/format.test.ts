import { describe, expect, it } from 'vitest';
import { clock, clockUntil, compared, measure, missing, number, power, span } from './format.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('numbers', () => {
    it('have the comma or the point of the language', () => {
        expect(number(1234.56, 1, 'de')).toBe('1.234,6');
        expect(number(1234.56, 1, 'en')).toBe('1,234.6');
    });
    it('have a true minus sign and never a negative zero', () => {
        expect(number(-3, 0, 'en')).toBe('\u22123');
        expect(number(-0.04, 1, 'de')).toBe('0,0');
        expect(number(-0, 0, 'en')).toBe('0');
    });
    it('are a dash where they are missing', () => {
        for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
            expect(number(value, 1, 'en')).toBe(missing);
            expect(power(value, 'en')).toBe(missing);
            expect(measure(value, '%', 'en')).toBe(missing);
        }
    });
});

describe('power', () => {
    it.each([
        [0, '0 W'],
        [99.4, '99 W'],
        [99.6, '0.1 kW'],
        [-40, '\u221240 W'],
        [1674, '1.7 kW'],
        [-1240, '\u22121.2 kW'],
    ])('of %f W reads %s', (watts, text) => expect(plain(power(watts, 'en'))).toBe(text));
});

describe('a comparison', () => {
    it('takes one more digit where value and bound would look equal', () => {
        expect(compared(1.46, 1.5, 'kW', 'en').map(plain)).toEqual(['1.46 kW', '1.50 kW']);
        expect(compared(57.6, 58, '%', 'de').map(plain)).toEqual(['57,6 %', '58,0 %']);
        expect(compared(499, 501, 'W', 'en').map(plain)).toEqual(['499 W', '501 W']);
    });
    it('stays short where they differ or are the same', () => {
        expect(compared(0.42, 0.8, 'kW', 'en').map(plain)).toEqual(['0.4 kW', '0.8 kW']);
        expect(compared(50, 50, '%', 'en').map(plain)).toEqual(['50 %', '50 %']);
    });
});

describe('a time', () => {
    it('is that of the site, in summer and in winter', () => {
        expect(clock('2026-06-15T09:14:00.000Z', 'Europe/Berlin', 'de')).toBe('11:14');
        expect(clock('2026-01-15T09:14:00.000Z', 'Europe/Berlin', 'en')).toBe('10:14');
        expect(clock(null, 'Europe/Berlin', 'en')).toBe(missing);
        expect(clockUntil('2026-06-15T09:15:30.000Z', 'Europe/Berlin', 'en')).toBe('11:16');
        expect(clockUntil('2026-06-15T09:15:00.000Z', 'Europe/Berlin', 'en')).toBe('11:15');
        expect(clockUntil('soon', 'Europe/Berlin', 'en')).toBe(missing);
    });
    it('that is still to come is rounded up, one that is past down', () => {
        expect(plain(span(41_000, 'en'))).toBe('41 s');
        expect(plain(span(61_000, 'en'))).toBe('2 min');
        expect(plain(span(119_000, 'en', 'down'))).toBe('1 min');
        expect(plain(span(7_260_000, 'de'))).toBe('2 h 1 min');
        expect(plain(span(-5_000, 'en'))).toBe('0 s');
    });
});
