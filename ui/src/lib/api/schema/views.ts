// Written by `npm run types` from schemas/views.schema.json: change it there.
import type * as decision from './decision.ts';
import type * as event from './event.ts';
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
    preview: true;
    basis: 'now';
    loads: decision.Decision[];
}

/** what to try; without changes: what the next block, or that decision, says anyway */
export interface WhatIfRequest {
    /** the moment of this decision; absent: the next block with the values of now */
    decision_id?: string | null;
    /** tell of this load alone */
    load?: string | null;
    /** by name, a load's below its id: miner.temp_c; null: it does not report */
    signals?: Record<string, number | null>;
    /** by the keys of rules.yaml */
    rules?: Record<string, number | boolean | string | null>;
}

/** a signal or threshold that was changed; one that follows was moved by the others, as the meter is by the sun */
export interface Supposed {
    kind: 'signal' | 'rule';
    name: string;
    unit: string;
    from: number | boolean | string | null;
    to: number | boolean | string | null;
    follows: boolean;
}

/** a value that the decision hung on, and what it may be */
export interface WhatIfField {
    kind: 'signal' | 'rule';
    name: string;
    unit: string;
    value: number | null;
    min: number;
    max: number;
    step: number;
}

export interface WhatIfLoad {
    load_id: string;
    /** same code and level before and after */
    same: boolean;
    /** this program still decides that moment as it was recorded */
    repeats: boolean;
    before: decision.Decision;
    after: decision.Decision;
    /** the deciding rule's first */
    fields: WhatIfField[];
}

/** a preview: what would be decided with the changes, beside what is; nothing was done */
export interface WhatIf {
    preview: true;
    basis: 'now' | 'decision';
    decision_id: string | null;
    /** of the moment that was judged */
    time: decision.Time;
    changes: Supposed[];
    loads: WhatIfLoad[];
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
    /** rises with every accepted configuration; 0: not counted */
    number: number;
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

/** what became of a request to read the configuration again, or to check it */
export interface Settings {
    /** same: nothing differs; applied: holds now; restarts: all parts are made anew, with every load off, and the event ConfigReloaded or ConfigRejected tells what came of it; valid, rejected: only checked */
    outcome: 'same' | 'applied' | 'restarts' | 'valid' | 'rejected';
    /** of the configuration that holds */
    number: number;
    version: string;
    problems: event.ConfigProblem[];
    command_id: string;
}

/** what a self-test found: the body of POST /drill */
export interface Drill {
    load_id: string;
    /** as the steps say */
    passed: boolean;
    steps: live.DrillStep[];
    /** made by the caller; the same one twice has one effect */
    command_id?: string;
}

/** the body of PUT /research */
export interface Research {
    enabled: boolean;
    command_id?: string;
}

/** the body of POST /exports */
export interface Export {
    /** a day, a moment, or back from now like 30d */
    since?: string | null;
    /** up to then; else now */
    until?: string | null;
    /** else all of it */
    scope?: ('timeline' | 'states' | 'kpi' | 'explain' | 'config')[];
    /** without names and ids; true unless told otherwise */
    anonymise?: boolean | null;
    /** the first day is called 2000-01-01; false unless told otherwise */
    relative_time?: boolean | null;
    /** age key to encrypt for, age1… */
    recipient?: string | null;
    command_id?: string;
}

/** an export is being made */
export interface ExportBegun {
    making: true;
    command_id: string;
}

/** exports that can be downloaded, newest first */
export interface Exports {
    /** one is being made */
    making: boolean;
    /** why the last one failed; empty: it did not */
    trouble: string;
    items: ({
        id: string;
        bytes: number;
        made: decision.Time;
    })[];
}

/** sealed Parquet files */
export interface HistoryFiles {
    items: ({
        path: string;
        rows: number;
        sha256: string;
        bytes: number;
    })[];
}

export interface Login {
    name: string;
    password: string;
    /** made by the caller */
    command_id?: string;
}

export interface FirstRun {
    /** as the console and the file first-run-code showed it */
    code: string;
    /** 1 to 40 of a-z, 0-9, dot, underscore, hyphen */
    name: string;
    password: string;
    /** made by the caller */
    command_id?: string;
}

export interface Password {
    password: string;
    /** made by the caller */
    command_id?: string;
}

/** who is asking */
export interface Session {
    /** local: whoever is on this machine, while nobody has to sign in */
    kind: 'session' | 'token' | 'local';
    name: string;
    role: 'observer' | 'operator' | 'admin';
    /** the password was shown within five minutes */
    confirmed: boolean;
    /** for the header X-CSRF-Token of whatever changes something; null without a cookie */
    csrf: string | null;
}

export interface Ticket {
    ticket: string;
    valid_s: number;
}

export interface Done {
    done: true;
}

export interface Users {
    items: ({
        /** 1 to 40 of a-z, 0-9, dot, underscore, hyphen */
        name: string;
        role: 'observer' | 'operator' | 'admin';
        created: string;
        sessions: number;
    })[];
}

export interface NewUser {
    /** 1 to 40 of a-z, 0-9, dot, underscore, hyphen */
    name: string;
    role: 'observer' | 'operator' | 'admin';
    password: string;
    /** made by the caller */
    command_id?: string;
}

/** either role or password */
export interface ChangedUser {
    role?: 'observer' | 'operator' | 'admin';
    password?: string;
    /** made by the caller */
    command_id?: string;
}

export interface Tokens {
    items: ({
        /** 1 to 40 of a-z, 0-9, dot, underscore, hyphen */
        name: string;
        role: 'observer' | 'operator' | 'admin';
        created: string;
        expires: string;
        made_by: string;
    })[];
}

export interface NewToken {
    /** 1 to 40 of a-z, 0-9, dot, underscore, hyphen */
    name: string;
    role: 'observer' | 'operator' | 'admin';
    /** until it expires; 365 where absent */
    days?: number;
    /** made by the caller */
    command_id?: string;
}

export interface MadeToken {
    /** 1 to 40 of a-z, 0-9, dot, underscore, hyphen */
    name: string;
    role: 'observer' | 'operator' | 'admin';
    expires: string;
    /** shown only here */
    token: string;
}

/** newest first */
export interface Audit {
    items: ({
        time: string;
        what: string;
        who: string;
        peer: string;
        detail: string;
    })[];
}

/** the figures of a stretch of time; their formulas stand in docs/kpi.md */
export interface Kpi {
    schema: 'kpi/1';
    from: decision.Time;
    to: decision.Time;
    /** by their key */
    kpis: Record<string, {
        /** null: not known */
        value: number | null;
        unit: string;
        /** of the formula */
        version: number;
        /** whether the value reaches its target */
        reached?: boolean;
        target?: {
            at_least?: number;
            at_most?: number;
        };
    }>;
    /** figures of each load, by its id and their key */
    loads: Record<string, Record<string, number | null>>;
    /** the same blocks under other hands, by the model of the house; null: not known */
    baselines: Record<string, {
        grid_import_kwh: number;
        grid_export_kwh: number;
        load_kwh: number;
        extra_import_kwh: number;
        captured_pct: number | null;
        switches_per_day: number;
    }>;
}
