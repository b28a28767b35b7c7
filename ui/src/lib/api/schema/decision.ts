// Written by `npm run types` from schemas/decision.schema.json: change it there.

/** One decision for one load, with all that led to it. A missing number is null. */
export interface Decision {
    schema: 'decision/1';
    type: 'DecisionEvent';
    /** UUIDv7 */
    decision_id: string;
    /** running number of the block */
    block_id: number;
    load_id: string;
    time: Time;
    trigger: 'BLOCK_TICK' | 'SAFETY_ASYNC' | 'OVERRIDE' | 'FORECAST_UPDATE';
    action: Action;
    decision_code: Code;
    reason: string;
    rule: Rule;
    level_before: Target;
    target_level: Target;
    /** what the target means for this load */
    target_w: number | null;
    valid_until: Time;
    /** of the command that follows */
    command_id: string | null;
    proposal: Code | null;
    params: Params;
    votes: Vote[];
    counterfactual: Counterfactual | null;
    stop_margin: StopMargin | null;
    explain: Explanation;
    rule_version: string;
    config_version: string;
    state?: State;
    memory?: Memory;
    /** place in the journal */
    sequence?: number;
    /** of the entry before it */
    prev_hash?: string;
    /** of this entry */
    hash?: string;
}

/** ISO 8601, UTC */
export type Time = string;

export type Action = 'START' | 'THROTTLE' | 'STOP' | 'NOOP';

export type Level = 'off' | 'eco' | 'full' | 'limited';

export type Wish = 'START' | 'STOP' | 'LIMIT';

export type Rule = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'OVERRIDE' | 'AUTONOMY';

export type Autonomy = 'MANUAL' | 'ASSIST' | 'SEMI' | 'FULL';

export type Quality = 'missing' | 'stale' | 'implausible' | 'good';

/** ACTION_RULE_REASON; codes are only ever added */
export type Code = string;

/** a level, or the limit in watts */
export type Target = 'off' | 'eco' | 'full' | number;

export interface FullTarget {
    level: Level;
    limit_w: number;
}

/** [value, age_ms, quality], or null where it is missing */
export type Reading = [number | null, number, Quality] | null;

export interface Lockout {
    reason: 'OVERTEMP' | 'COMM_TIMEOUT' | 'ACTUATOR_STUCK' | 'EMERGENCY';
    until: Time;
    needs_ack: boolean;
    acked: boolean;
}

/** a condition that lets the load run, with the number that it was judged by */
export interface Fact {
    name: string;
    value: number | null;
    unit: string;
    op: '<' | '<=' | '>' | '>=' | '==';
    bound_name: string;
    bound: number | null;
    holds: boolean;
}

/** what one rule said; action, code and reason are null where it does not bind */
export interface Vote {
    rule: 'R1' | 'R2' | 'R3' | 'R4' | 'R5';
    action: Action | null;
    code: Code | null;
    reason: string | null;
    facts: Fact[];
}

export interface Words {
    short: string;
    details: string;
    counterfactual: string;
}

/** in every language */
export interface Explanation {
    de: Words;
    en: Words;
}

export interface Change {
    rule: Rule;
    name: string;
    unit: string;
    from: number | null;
    to: number | null;
    gap: number | null;
}

/** the smallest change that would have led to what was wanted */
export interface Counterfactual {
    wanted: Action;
    /** the rules were computed again with the changes */
    verified: boolean;
    not_before: Time | null;
    changes: Change[];
}

/** how far a running load is from its next stop */
export interface StopMargin {
    rule: Rule;
    name: string;
    unit: string;
    value: number | null;
    bound: number | null;
    gap: number | null;
}

export interface Params {
    surplus_kw: number | null;
    mode: 'Standby' | 'Hold' | 'Eco' | 'Standard' | 'Super' | null;
    missing: string[];
}

export interface StateLoad {
    expected_on: boolean;
    unconfirmed: boolean;
    off_for_s: Reading;
    temp_c: Reading;
    power_w: Reading;
    heartbeat_age_s: Reading;
    hashrate_ths: Reading;
    /** delivered, but not believed; absent where all are */
    distrusted?: string[];
}

/** what was judged, frozen */
export interface State {
    time: Time;
    shutting_down: boolean;
    /** the guard keeps every load off until the controller has proved itself */
    guard_holds: boolean;
    pv_power_w: Reading;
    grid_import_w: Reading;
    grid_export_w: Reading;
    house_load_w: Reading;
    battery_soc_pct: Reading;
    battery_power_w: Reading;
    energy_price_ct_kwh: Reading;
    price_peak_ct_kwh: Reading;
    pv_forecast_kw: Reading;
    fast_import_s: Reading;
    /** signals of the site that deliver but are not believed; absent where all are */
    distrusted?: string[];
    loads: Record<string, StateLoad>;
}

export interface MemoryLoad {
    target: FullTarget;
    last_action: Action | null;
    /** block */
    unchanged_since: number | null;
    mode: 'Standby' | 'Hold' | 'Eco' | 'Standard' | 'Super' | null;
    override: {
        action: Wish;
        limit_w: number;
        use_reserve: boolean;
        until: Time;
        before: FullTarget | null;
    } | null;
    lockout: Lockout | null;
    accepted: Code | null;
}

/** what the rules remembered before the decision */
export interface Memory {
    autonomy: Autonomy;
    emergency: boolean;
    loads: Record<string, MemoryLoad>;
}
