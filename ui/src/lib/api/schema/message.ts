// Written by `npm run types` from schemas/message.schema.json: change it there.
import type * as decision from './decision.ts';
import type * as event from './event.ts';
import type * as live from './live.ts';

/** One message of the live feed: first a snapshot, then what changes. `seq` grows by one; a snapshot has the number of the last change that it holds. */
export type Message = {
    seq: number;
    type: 'snapshot';
    data: live.Live;
} | {
    seq: number;
    type: 'state';
    data: live.Changes;
} | {
    seq: number;
    type: 'decision';
    data: decision.Decision;
} | {
    seq: number;
    type: 'event';
    data: event.Event;
} | {
    seq: number;
    type: 'ping';
    data: {
        time: decision.Time;
    };
};
