// What the daemon says: one vocabulary with the API, MQTT and the journal. Times are ISO 8601 in UTC, a missing
// number is null, grid + is import, battery + is discharging.

export type Quality = 'good' | 'stale' | 'implausible' | 'missing';
export interface Signal {
    value: number | null;
    unit: string;
    age_s: number | null;
    quality: Quality;
}

export type SiteSignal =
    | 'pv_power_w'
    | 'grid_import_w'
    | 'grid_export_w'
    | 'house_load_w'
    | 'battery_soc_pct'
    | 'battery_power_w'
    | 'energy_price_ct_kwh'
    | 'price_peak_ct_kwh'
    | 'pv_forecast_kw';
export type LoadSignal = 'temp_c' | 'power_w' | 'heartbeat_age_s' | 'hashrate_ths';

export type SafetyMode = 'normal' | 'degraded' | 'safe' | 'lockout' | 'estop';
export type Autonomy = 'MANUAL' | 'ASSIST' | 'SEMI' | 'FULL';
export type Level = 'off' | 'eco' | 'full' | 'limited';
export type Action = 'START' | 'THROTTLE' | 'STOP' | 'NOOP';
export type Wish = 'START' | 'STOP' | 'LIMIT';
export type HealthStatus = 'ok' | 'warn' | 'error';
export type Language = 'de' | 'en';

export interface Fact {
    name: string;
    value: number | null;
    unit: string;
    op: '<' | '<=' | '>' | '>=' | '==';
    bound_name: string;
    bound: number | null;
    /** Facts are conditions that let the load run. */
    holds: boolean;
}

export interface Vote {
    rule: string;
    action: Action | null;
    code: string | null;
    reason: string | null;
    facts: Fact[];
}

export interface Words {
    short: string;
    details: string;
    counterfactual: string;
}

export interface Decision {
    decision_id: string;
    block_id: number;
    load_id: string;
    time: string;
    trigger: string;
    action: Action;
    decision_code: string;
    reason: string;
    rule: string;
    /** A level, or watts. */
    level_before: string | number;
    target_level: string | number;
    target_w: number | null;
    valid_until: string;
    command_id: string | null;
    proposal: Action | null;
    params: Record<string, unknown>;
    votes: Vote[];
    counterfactual: { wanted: Action; verified: boolean; not_before: string | null; changes: unknown[] } | null;
    stop_margin: { rule: string; name: string; unit: string; value: number | null; bound: number | null; gap: number | null } | null;
    explain: Record<Language, Words>;
    rule_version: string;
    config_version: string;
}

export interface Lockout {
    reason: string;
    until: string;
    needs_ack: boolean;
    acked: boolean;
}

export interface Override {
    override_id: string;
    action: Wish;
    limit_w: number | null;
    until: string;
    use_reserve: boolean;
    actor: string;
}

export interface Load {
    id: string;
    name: string;
    kind: 'miner' | 'heater' | 'plug';
    full_w: number;
    eco_w: number;
    can_throttle: boolean;
    level: Level;
    limit_w: number | null;
    running: boolean;
    confirmation: 'confirmed' | 'pending' | 'failed';
    signals: Record<LoadSignal, Signal>;
    lockout: Lockout | null;
    override: Override | null;
    switches_today: number;
    relay: boolean;
    dead_man_left_s: number | null;
    decision: Decision | null;
}

export interface HealthPart {
    part: string;
    status: HealthStatus;
    reason: string;
    since: string;
    rejected: number;
}

export interface Live {
    time: string;
    site: { id: string; name: string; time_zone: string; block_minutes: number; has_battery: boolean };
    ready: boolean;
    safety: { mode: SafetyMode; since: string | null; until: string | null; reason_code: string | null };
    quality: 'ok' | 'warn' | 'error';
    degraded: boolean;
    missing_signals: string[];
    autonomy: Autonomy;
    emergency: boolean;
    signals: Record<SiteSignal, Signal>;
    surplus_kw: number | null;
    loads: Load[];
    block: { id: number; start: string; next_tick: string };
    health: { status: HealthStatus; parts: HealthPart[] };
    config_version: string;
    program_version: string;
}

export type Message =
    | { seq: number; type: 'snapshot'; data: Live }
    | { seq: number; type: 'state'; data: Partial<Live> }
    | { seq: number; type: 'decision'; data: Decision }
    | { seq: number; type: 'event'; data: { type: string; time: string } }
    | { seq: number; type: 'ping'; data?: { time: string } };

/** RFC 9457, with a stable code; a refused wish brings its explanation. */
export interface Problem {
    status: number;
    title: string;
    detail: string;
    code: string;
    explain?: Record<Language, Words>;
}
