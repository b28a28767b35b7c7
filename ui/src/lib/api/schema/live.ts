// Written by `npm run types` from schemas/live.schema.json: change it there.
import type * as decision from './decision.ts';

/** The house as it is now: GET /state, and the data of a snapshot. The data of a state message has only the keys that changed. A missing number is null. */
export interface Live {
    schema: 'live/1';
    time: decision.Time;
    site: Site;
    /** decisions are made */
    ready: boolean;
    safety: Safety;
    quality: 'ok' | 'warn' | 'error';
    /** a required signal is missing */
    degraded: boolean;
    missing_signals: string[];
    autonomy: decision.Autonomy;
    emergency: boolean;
    signals: Signals;
    surplus_kw: number | null;
    loads: Load[];
    block: Block;
    health: Health;
    guard: Guard;
    energy_path: EnergyPath;
    config_version: string;
    program_version: string;
    /** when the control cycle last ran through; whatever keeps a load on is renewed there */
    last_cycle: decision.Time | null;
    /** the newest self-test */
    drill: Drill | null;
    /** parts of the past may be given away as files */
    research: boolean;
}

export type HealthStatus = 'ok' | 'warn' | 'error';

export interface Signal {
    value: number | null;
    unit: string;
    age_s: number | null;
    quality: decision.Quality;
}

export interface Site {
    id: string;
    name: string;
    time_zone: string;
    block_minutes: number;
    has_battery: boolean;
}

export interface Safety {
    mode: 'normal' | 'degraded' | 'safe' | 'lockout' | 'estop';
    since: decision.Time | null;
    until: decision.Time | null;
    reason_code: decision.Code | null;
}

/** grid + is import, battery + is discharging; production and consumption are never negative */
export interface Signals {
    pv_power_w: Signal;
    grid_import_w: Signal;
    grid_export_w: Signal;
    house_load_w: Signal;
    battery_soc_pct: Signal;
    battery_power_w: Signal;
    energy_price_ct_kwh: Signal;
    price_peak_ct_kwh: Signal;
    pv_forecast_kw: Signal;
}

export interface LoadSignals {
    temp_c: Signal;
    power_w: Signal;
    heartbeat_age_s: Signal;
    hashrate_ths: Signal;
}

export interface Override {
    override_id: string;
    action: decision.Wish;
    /** watts, for LIMIT */
    limit_w: number | null;
    until: decision.Time;
    use_reserve: boolean;
    /** who asked, e.g. token:phone, local, mqtt */
    actor: string;
}

export interface Load {
    id: string;
    name: string;
    kind: 'miner' | 'heater' | 'plug';
    full_w: number;
    eco_w: number;
    can_throttle: boolean;
    level: decision.Level;
    limit_w: number | null;
    /** it draws more than standby */
    running: boolean;
    confirmation: 'confirmed' | 'pending' | 'failed';
    signals: LoadSignals;
    lockout: decision.Lockout | null;
    override: Override | null;
    switches_today: number;
    /** a switch stands before it */
    relay: boolean;
    /** until the relay opens by itself */
    dead_man_left_s: number | null;
    decision: decision.Decision | null;
    /** as it was last told; null without one */
    relay_closed: boolean | null;
}

export interface Block {
    id: number;
    start: decision.Time;
    next_tick: decision.Time;
}

export interface HealthPart {
    /** device/<id>, load/<id>, journal, mqtt, api, ... */
    part: string;
    status: HealthStatus;
    /** in English, with the number behind it */
    reason: string;
    since: decision.Time;
    /** bad messages so far */
    rejected: number;
    /** stable, for words of one's own; empty: part and status say it */
    code: HealthCode;
}

/** the whole is the worst of its parts */
export interface Health {
    status: HealthStatus;
    parts: HealthPart[];
}

export type Path = 'export' | 'store' | 'heat' | 'hodl';

/** what the next surplus kWh is worth */
export interface EnergyPath {
    preferred: Path;
    rejected: Path[];
    value_ct_kwh: {
        export: number | null;
        store: number | null;
        heat: number | null;
        hodl: number | null;
    };
    sats_per_kwh: number | null;
}

/** the keys that changed, whole */
export interface Changes {
    schema?: 'live/1';
    time?: decision.Time;
    site?: Site;
    /** decisions are made */
    ready?: boolean;
    safety?: Safety;
    quality?: 'ok' | 'warn' | 'error';
    /** a required signal is missing */
    degraded?: boolean;
    missing_signals?: string[];
    autonomy?: decision.Autonomy;
    emergency?: boolean;
    signals?: Signals;
    surplus_kw?: number | null;
    loads?: Load[];
    block?: Block;
    health?: Health;
    energy_path?: EnergyPath;
    config_version?: string;
    program_version?: string;
    /** when the control cycle last ran through; whatever keeps a load on is renewed there */
    last_cycle?: decision.Time | null;
    /** the newest self-test */
    drill?: Drill | null;
}

/** the second process that keeps every load off while no controller proves to be healthy */
export interface Guard {
    /** `none` not set up; `missing` set up, but not there; `armed` it acts when the lease lapses; `holding` it keeps every load off; `silent` it is there and does not answer */
    state: 'none' | 'missing' | 'armed' | 'holding' | 'silent';
    /** of the state; null with `none` */
    since: decision.Time | null;
    /** loads that have not shown that they are off; null unless it holds */
    loads_not_off: number | null;
    /** seconds without a gap until it lets go; null unless it holds and the proof runs */
    proof_left_s: number | null;
    /** what is odd about it, in words; empty: nothing */
    note: string;
}

/** what is wrong with a part; codes are only ever added */
export type HealthCode = '' | 'ARCHIVE_BEHIND' | 'BACKUP_OLD' | 'BAD_ANSWER' | 'BROKER_AWAY' | 'CLAIM_UNSURE' | 'CLOCK_JUMPED' | 'CLOCK_UNCONFIRMED' | 'CLOCK_UNTRUSTED' | 'CONFIG_REJECTED' | 'CONTACT_WELDED' | 'DISK_FULL' | 'DISK_LOW' | 'ENDED_BADLY' | 'EVENT_REFUSED' | 'FROZEN' | 'GUARD_HOLDS' | 'GUARD_MISSING' | 'GUARD_SILENT' | 'IMPLAUSIBLE' | 'IMPORT_LASTS' | 'JOURNAL_DAMAGED' | 'JOURNAL_HELD' | 'MAINS_RETURNING' | 'MIRROR_AWAY' | 'MIRROR_BROKEN' | 'MIRROR_CONSENT' | 'MIRROR_GAP' | 'MIRROR_SILENT' | 'MIRROR_SPOOL_FULL' | 'NOT_STARTED' | 'NOT_UNDER_CONTROL' | 'NOT_WRITABLE' | 'NO_ANSWER' | 'ON_BATTERY' | 'OPENED_BY_HAND' | 'OTHER_CONTROLLER' | 'QUEUE_FULL' | 'REFUSED' | 'RESTARTED_ITSELF' | 'RESTORE_FAILED' | 'STOOD_STILL' | 'UPDATE_RETURNED' | 'UPDATE_UNFINISHED' | 'UPS_OVERLOADED' | 'UPS_SERVICE' | 'UPS_SILENT';

/** start_confirmed: it ran when asked to; dead_man_armed, dead_man_renewed: its relay would open by itself, and is kept from it; stop_confirmed: the emergency stop took it off; heat_stopped, stuck_load_cut: only in a simulated house; released: the house is as it was */
export type DrillCheck = 'start_confirmed' | 'relay_closed' | 'dead_man_armed' | 'dead_man_renewed' | 'guard_armed' | 'heat_stopped' | 'stop_confirmed' | 'relay_open' | 'stuck_load_cut' | 'released';

export interface DrillStep {
    check: DrillCheck;
    result: 'passed' | 'failed' | 'skipped';
    took_s: number;
}

/** a self-test of the way to a load's off, done by a person */
export interface Drill {
    time: decision.Time;
    load_id: string;
    passed: boolean;
    /** who did it */
    actor: string;
    steps: DrillStep[];
}
