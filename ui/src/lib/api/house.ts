// What the page knows of the house, and how each message changes it. Pure: the socket is elsewhere.
import type { Decision, Live, Message } from './types.ts';

export interface House {
    seq: number;
    live: Live;
    /** Newest first, at most `kept` of each load. */
    decisions: Decision[];
}

/** `gap`: something was lost, so a snapshot is needed; the house is as it was. */
export type Received = { house: House | null; gap: boolean };

const kept = 24;

export function remember(known: Decision[], more: Decision[]): Decision[] {
    const byId = new Map(known.map((decision) => [decision.decision_id, decision]));
    for (const decision of more) byId.set(decision.decision_id, decision);
    const counts = new Map<string, number>();
    return [...byId.values()]
        .sort((a, b) => b.time.localeCompare(a.time) || b.decision_id.localeCompare(a.decision_id))
        .filter((decision) => {
            const count = counts.get(decision.load_id) ?? 0;
            counts.set(decision.load_id, count + 1);
            return count < kept;
        });
}

const current = (live: Live): Decision[] => live.loads.flatMap((load) => load.decision ?? []);

/** Applies a message. A number that was seen before changes nothing, one that was skipped asks for a snapshot. */
export function receive(house: House | null, message: Message): Received {
    if (message.type === 'snapshot') {
        const decisions = remember(house?.decisions ?? [], current(message.data));
        return { house: { seq: message.seq, live: message.data, decisions }, gap: false };
    }
    if (!house) return { house, gap: true };
    if (message.seq <= house.seq) return { house, gap: false };
    if (message.seq > house.seq + 1) return { house, gap: true };
    const next = { ...house, seq: message.seq };
    if (message.type === 'state') {
        next.live = { ...house.live, ...message.data };
        if (message.data.loads) next.decisions = remember(house.decisions, current(next.live));
    }
    if (message.type === 'decision') next.decisions = remember(house.decisions, [message.data]);
    return { house: next, gap: false };
}
