// Written by `npm run types` from schemas/event.schema.json: change it there.
import type * as decision from './decision.ts';
import type * as live from './live.ts';

/** Something that happened: on MQTT below event/<type>, in the live feed, in the journal. Decisions are documents of their own (decision/1). */
export type Event = DeadbandActivated | SafetyTripped | SafetyCleared | OverrideSet | OverrideEnded | OverrideRejected | AutonomyChanged | EmergencyChanged | CommandReported | HealthChanged | AuthFailed | RateLimited | TimeDriftDetected | EnergyPathDecided | ConfigLoaded | ConfigRejected | Started | Stopped | DrillReported | ArchiveReported | ResearchToggled | MinutesMeasured;

export interface DeadbandActivated {
    schema: 'event/1';
    type: 'DeadbandActivated';
    time: decision.Time;
    load_id: string;
    held_by: decision.Code;
    held_back: decision.Code;
}

export interface SafetyTripped {
    schema: 'event/1';
    type: 'SafetyTripped';
    time: decision.Time;
    load_id: string;
    decision_code: decision.Code;
    missing: string[];
    explain: decision.Explanation;
}

export interface SafetyCleared {
    schema: 'event/1';
    type: 'SafetyCleared';
    time: decision.Time;
    load_id: string;
    reason: 'OVERTEMP' | 'COMM_TIMEOUT' | 'ACTUATOR_STUCK' | 'EMERGENCY';
}

export interface OverrideSet {
    schema: 'event/1';
    type: 'OverrideSet';
    time: decision.Time;
    load_id: string;
    override_id: string;
    action: decision.Wish;
    limit_w: number | null;
    use_reserve: boolean;
    until: decision.Time;
    actor: string;
}

export interface OverrideEnded {
    schema: 'event/1';
    type: 'OverrideEnded';
    time: decision.Time;
    load_id: string;
    override_id: string;
    why: 'expired' | 'cancelled' | 'replaced' | 'beaten';
    decision_code: decision.Code | null;
}

export interface OverrideRejected {
    schema: 'event/1';
    type: 'OverrideRejected';
    time: decision.Time;
    load_id: string;
    /** REJECTED_... */
    code: string;
    actor: string;
    explain: decision.Explanation;
}

export interface AutonomyChanged {
    schema: 'event/1';
    type: 'AutonomyChanged';
    time: decision.Time;
    from: decision.Autonomy;
    to: decision.Autonomy;
    actor: string;
}

export interface EmergencyChanged {
    schema: 'event/1';
    type: 'EmergencyChanged';
    time: decision.Time;
    on: boolean;
    actor: string;
}

export interface CommandReported {
    schema: 'event/1';
    type: 'CommandSent' | 'CommandConfirmed' | 'CommandFailed';
    time: decision.Time;
    load_id: string;
    command_id: string;
    target_level: decision.Target;
    attempt: number;
    /** why it failed */
    reason: string;
}

export interface HealthChanged {
    schema: 'event/1';
    type: 'HealthChanged';
    time: decision.Time;
    part: string;
    status: 'ok' | 'warn' | 'error';
    reason: string;
    code: live.HealthCode;
}

export interface AuthFailed {
    schema: 'event/1';
    type: 'AuthFailed';
    time: decision.Time;
    peer: string;
    reason: string;
}

export interface RateLimited {
    schema: 'event/1';
    type: 'RateLimited';
    time: decision.Time;
    peer: string;
}

export interface TimeDriftDetected {
    schema: 'event/1';
    type: 'TimeDriftDetected';
    time: decision.Time;
    jump_ms: number;
}

export interface EnergyPathDecided {
    schema: 'event/1';
    type: 'EnergyPathDecided';
    time: decision.Time;
    block_id: number;
    preferred: live.Path;
    rejected: live.Path[];
    value_ct_kwh: {
        export: number | null;
        store: number | null;
        heat: number | null;
        hodl: number | null;
    };
    sats_per_kwh: number | null;
}

export interface ConfigLoaded {
    schema: 'event/1';
    type: 'ConfigLoaded' | 'ConfigReloaded';
    time: decision.Time;
    /** rises with every accepted configuration */
    number: number;
    /** SHA-256 of site, rules, policy and loads, as decisions name it */
    version: string;
    /** who had it read: signal, files, a token; empty: the start */
    actor: string;
    /** all files without secrets, as JSON */
    config: string;
}

export interface Started {
    schema: 'event/1';
    type: 'Started';
    time: decision.Time;
    program_version: string;
    config_version: string;
    /** the run before ended by itself */
    was_clean: boolean;
}

export interface Stopped {
    schema: 'event/1';
    type: 'Stopped';
    time: decision.Time;
    reason: string;
}

/** nothing of it holds; what held before goes on */
export interface ConfigRejected {
    schema: 'event/1';
    type: 'ConfigRejected';
    time: decision.Time;
    actor: string;
    problems: ConfigProblem[];
}

export interface ConfigProblem {
    file: string;
    /** from 1; null: the whole file */
    line: number | null;
    key: string;
    found: string;
    allowed: string;
}

export interface DrillReported {
    schema: 'event/1';
    type: 'DrillReported';
    time: decision.Time;
    load_id: string;
    passed: boolean;
    actor: string;
    steps: live.DrillStep[];
}

/** finished days were moved into the cold store, or parts of it were given up */
export interface ArchiveReported {
    schema: 'event/1';
    type: 'ArchiveReported';
    time: decision.Time;
    /** sequence number of the newest sealed event */
    sealed_through: number;
    /** its hash, hex */
    head: string;
    /** files that were deleted now */
    given_up: number;
    /** retention, low_disk; empty: none were deleted */
    why: string;
}

/** whether parts of the past may be given away as files */
export interface ResearchToggled {
    schema: 'event/1';
    type: 'ResearchToggled';
    time: decision.Time;
    enabled: boolean;
    /** who did it: a token's name, or local */
    actor: string;
}

export interface MinutesMeasured {
    schema: 'event/1';
    type: 'MinutesMeasured';
    time: decision.Time;
    /** the block in which the minutes lie */
    block_id: number;
    minute_ends: decision.Time[];
    pv_power_w?: MinuteValues;
    grid_import_w?: MinuteValues;
    grid_export_w?: MinuteValues;
    house_load_w?: MinuteValues;
    battery_soc_pct?: MinuteValues;
    battery_power_w?: MinuteValues;
    loads: Record<string, {
        expected_on: boolean[];
        power_w?: MinuteValues;
        temp_c?: MinuteValues;
        hashrate_ths?: MinuteValues;
    }>;
}

/** one for each minute, powers as means over it; left out: nothing is known */
export type MinuteValues = (number | null)[];
