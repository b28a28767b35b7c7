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
    /** whether it is in the journal on disk; false: the disk does not answer, it will be written when it can be */
    recorded: boolean;
} | {
    seq: number;
    type: 'event';
    data: event.Event;
    /** whether it is in the journal on disk; false: the disk does not answer, it will be written when it can be */
    recorded: boolean;
} | {
    seq: number;
    type: 'ping';
    data: {
        time: decision.Time;
    };
};
