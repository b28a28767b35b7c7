import { describe, expect, it } from 'vitest';
import { waitMs } from './feed.ts';

describe('the wait before another try', () => {
    it('doubles from half a second to fifteen', () => {
        expect([0, 1, 2, 3, 4, 5, 30].map((attempt) => waitMs(attempt, 0.5))).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000]);
    });
    it('varies by thirty percent', () => {
        expect(waitMs(1, 0)).toBeCloseTo(700);
        expect(waitMs(1, 1)).toBeCloseTo(1300);
    });
});
