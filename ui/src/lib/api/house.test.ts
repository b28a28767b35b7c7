import { describe, expect, it } from 'vitest';
import { decision, states, told } from '../../../tests/fixture-server/states.ts';
import { receive, remember, type House } from './house.ts';
import type { Live, Message } from './types.ts';

function generator(seed: number) {
    let state = seed;
    return () => {
        state = (state * 1664525 + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
}

// A house that changes at random, told by messages as the daemon tells it.
class Teller {
    live: Live = states.normal();
    seq = 40;
    constructor(private readonly chance: () => number) {}

    next(): Message {
        this.seq += 1;
        const roll = this.chance();
        if (roll < 0.2) return { seq: this.seq, type: 'ping', data: { time: this.live.time } };
        if (roll < 0.3) return { seq: this.seq, type: 'event', data: { schema: 'event/1', type: 'HealthChanged', time: this.live.time, part: 'mqtt', status: 'warn', reason: 'gone', code: 'BROKER_AWAY' }, recorded: true };
        if (roll < 0.45) {
            const made = decision('miner', told.running, Date.parse(this.live.time));
            this.live = { ...this.live, loads: this.live.loads.map((load) => (load.id === 'miner' ? { ...load, decision: made } : load)) };
            this.seq += 1;
            return { seq: this.seq, type: 'state', data: { loads: this.live.loads } };
        }
        const data: Partial<Live> = { time: new Date(Date.parse(this.live.time) + 1000).toISOString(), surplus_kw: roll * 3 };
        if (roll > 0.9) data.autonomy = roll > 0.95 ? 'SEMI' : 'FULL';
        this.live = { ...this.live, ...data };
        return { seq: this.seq, type: 'state', data };
    }
    snapshot(): Message {
        return { seq: this.seq, type: 'snapshot', data: this.live };
    }
}

describe('what the page knows', () => {
    it('equals the snapshot after any losses, repetitions and changes of order', () => {
        for (let seed = 1; seed <= 200; seed++) {
            const chance = generator(seed);
            const teller = new Teller(chance);
            let house: House | null = receive(null, teller.snapshot()).house;
            let late: Message[] = [];
            for (let i = 0; i < 60; i++) {
                const message = teller.next();
                const fate = chance();
                const arriving = fate < 0.1 ? [] : fate < 0.2 ? [message, message] : [message];
                if (fate > 0.9) late.push(...arriving.splice(0));
                else if (fate > 0.8) arriving.push(...late.splice(0));
                for (const one of arriving) {
                    const received = receive(house, one);
                    house = received.gap ? receive(house, teller.snapshot()).house : received.house;
                }
            }
            late = [];
            const last = receive(house, teller.next());
            house = last.gap ? receive(house, teller.snapshot()).house : last.house;
            expect(house?.live).toEqual(teller.live);
            expect(house?.seq).toBe(teller.seq);
        }
    });
    it('is left alone by a message that was seen, and by one after a gap', () => {
        const house = receive(null, { seq: 5, type: 'snapshot', data: states.normal() }).house;
        expect(receive(house, { seq: 5, type: 'state', data: { emergency: true } })).toEqual({ house, gap: false });
        expect(receive(house, { seq: 7, type: 'state', data: { emergency: true } })).toEqual({ house, gap: true });
        expect(receive(null, { seq: 6, type: 'ping', data: { time: states.normal().time } })).toEqual({ house: null, gap: true });
    });
    it('takes a snapshot of a daemon that began anew, although its numbers are smaller', () => {
        const house = receive(null, { seq: 500, type: 'snapshot', data: states.normal() }).house;
        const again = receive(house, { seq: 0, type: 'snapshot', data: states.manual() });
        expect(again.house?.seq).toBe(0);
        expect(again.house?.live.autonomy).toBe('MANUAL');
    });
    it('keeps decisions once, newest first, and not without end', () => {
        const many = Array.from({ length: 40 }, (_, i) => decision('miner', told.waiting, 1_000_000 * i));
        const kept = remember(many, [...many.slice(0, 5), decision('rod', told.waiting, 5)]);
        expect(kept.filter((one) => one.load_id === 'miner')).toHaveLength(24);
        expect(kept.filter((one) => one.load_id === 'rod')).toHaveLength(1);
        expect(kept[0]).toEqual(many.at(-1));
    });
});
