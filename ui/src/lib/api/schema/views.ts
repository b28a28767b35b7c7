// Written by `npm run types` from schemas/views.schema.json: change it there.
import type * as decision from './decision.ts';
import type * as live from './live.ts';

export interface Loads {
    items: live.Load[];
}

export interface Devices {
    items: live.HealthPart[];
}

/** decisions, newest first, without state and memory */
export interface Timeline {
    items: decision.Decision[];
    /** for the next page; null on the last one */
    next_cursor: number | null;
}

/** the words of one decision in one language */
export interface Explanation {
    decision_id: string;
    code: decision.Code;
    lang: 'de' | 'en';
    short: string;
    details: string;
    counterfactual: string;
}

/** what the next block would decide with the values of now */
export interface Preview {
    basis: 'now';
    loads: decision.Decision[];
}

export interface Ready {
    ready: true;
}

export interface Alive {
    live: true;
}

export interface Version {
    program: string;
    api: '1';
    /** SHA-256 of the configuration */
    config: string;
}

export interface Config {
    /** SHA-256 of the configuration */
    version: string;
    /** by file; secrets are left out */
    files: Record<string, Record<string, unknown> | unknown[]>;
}

/** the body of writes that say nothing more; may be absent */
export interface Acknowledgement {
    /** made by the caller; the same one twice has one effect */
    command_id?: string;
}

export interface Autonomy {
    level: decision.Autonomy;
    command_id?: string;
}
