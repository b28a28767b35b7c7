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
    energy_path: EnergyPath;
    config_version: string;
    program_version: string;
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
}

export interface Block {
    id: number;
    start: decision.Time;
    next_tick: decision.Time;
}

export interface HealthPart {
    /** device/<id>, journal, mqtt, api, ... */
    part: string;
    status: HealthStatus;
    reason: string;
    since: decision.Time;
    /** bad messages so far */
    rejected: number;
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
}
