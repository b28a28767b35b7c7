// A house on paper in each of its global states: what the page must be able to show.
import type { Decision, Fact, HealthPart, Live, Load, Lockout, Override, Signal, Vote } from '../../src/lib/api/types.ts';

export const start = Date.parse('2026-06-15T09:14:00.000Z');
export const blockMs = 600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const blockStart = Math.floor(start / blockMs) * blockMs;
const block = blockStart / blockMs;

const signal = (value: number | null, unit: string, age = 2): Signal =>
    value === null ? { value, unit, age_s: null, quality: 'missing' } : { value, unit, age_s: age, quality: 'good' };

function fact(name: string, value: number, unit: string, op: Fact['op'], boundName: string, bound: number): Fact {
    const holds = { '<': value < bound, '<=': value <= bound, '>': value > bound, '>=': value >= bound, '==': value === bound }[op];
    return { name, value, unit, op, bound_name: boundName, bound, holds };
}

interface Shape {
    surplus?: number;
    temperature?: number;
    soc?: number;
}

function votes(shape: Shape, code: string): Vote[] {
    const { surplus = 0.42, temperature = 61, soc = 72 } = shape;
    const facts: Record<Vote['rule'], Fact[]> = {
        R1: [
            fact('surplus_kw', surplus, 'kW', '>=', 'surplus_throttle_min_kw', 0.8),
            fact('energy_price_ct_kwh', 18.4, 'ct/kWh', '<=', 'price_max_ct_kwh', 25),
        ],
        R2: [
            fact('battery_soc_pct', soc, '%', '>', 'soc_hard_min_pct', 50),
            fact('battery_soc_pct', soc, '%', '>', 'soc_soft_min_pct', 58),
            fact('net_import_w', 0, 'W', '<=', 'max_grid_import_w', 500),
        ],
        R3: [
            fact('temp_c', temperature, '°C', '<', 'max_chip_temp_c', 85),
            fact('heartbeat_age_s', 3, 's', '<=', 'comm_timeout_s', 60),
            fact('missing_signals', 0, '', '<=', 'zero', 0),
        ],
        R4: [fact('pv_forecast_kw', 2.6, 'kW', '>=', 'min_predicted_surplus_kw', 2)],
        R5: [fact('blocks_since_change', 5, 'blocks', '>=', 'min_pause_blocks', 2)],
    };
    return Object.entries(facts).map(([rule, list]) => {
        const speaks = code.includes(`_${rule}_`);
        return { rule: rule as Vote['rule'], action: speaks ? (code.split('_')[0] as Vote['action']) : null, code: speaks ? code : null, reason: null, facts: list };
    });
}

interface Told {
    code: string;
    level: 'off' | 'eco' | 'full';
    de: [string, string, string?];
    en: [string, string, string?];
    shape?: Shape;
}

let count = 0;

export function decision(load: string, told: Told, at = blockStart, change: Partial<Decision> = {}): Decision {
    const [action = 'NOOP', rule = 'R1', ...reason] = told.code.split('_');
    count += 1;
    return {
        schema: 'decision/1',
        type: 'DecisionEvent',
        decision_id: `01976f3e-5b00-7000-8000-${String(count).padStart(12, '0')}`,
        block_id: Math.floor(at / blockMs),
        load_id: load,
        time: iso(at),
        trigger: 'BLOCK_TICK',
        action: action as Decision['action'],
        decision_code: told.code,
        reason: reason.join('_'),
        rule: rule as Decision['rule'],
        level_before: 'off',
        target_level: told.level,
        target_w: null,
        valid_until: iso(at + blockMs),
        command_id: null,
        proposal: null,
        params: { surplus_kw: told.shape?.surplus ?? 0.42, mode: null, missing: [] },
        votes: votes(told.shape ?? {}, told.code),
        counterfactual: told.de[2] ? { wanted: 'START', verified: true, not_before: iso(blockStart + blockMs), changes: [] } : null,
        stop_margin: null,
        explain: {
            de: { short: told.de[0], details: told.de[1], counterfactual: told.de[2] ?? '' },
            en: { short: told.en[0], details: told.en[1], counterfactual: told.en[2] ?? '' },
        },
        rule_version: '1',
        config_version: 'e7a42939bf4532b0a208264e7e7c43ccf04b6738fd2bccf40784b277394c3cf3',
        ...change,
    };
}

export const told = {
    waiting: {
        code: 'NOOP_R1_INSUFFICIENT_SURPLUS',
        level: 'off',
        de: ['Avalon wartet. 0,4 kW Sonne sind übrig, nötig sind 0,8 kW.', 'Das Haus geht vor, und nur 0,4 kW bleiben übrig. Für Sparflamme sind 0,8 kW nötig, für volle Kraft 1,5 kW. Deshalb bleibt Avalon aus.', 'Startet, wenn noch 0,4 kW Sonne dazukommen, und nicht vor 11:20.'],
        en: ['Avalon is waiting. 0.4 kW of sun is spare, 0.8 kW is needed.', 'The house comes first, and only 0.4 kW is spare. Low power needs 0.8 kW, full power needs 1.5 kW. So Avalon stays off.', 'It starts with 0.4 kW more sun, and not before 11:20.'],
    },
    running: {
        code: 'START_R1_SURPLUS_OK',
        level: 'full',
        shape: { surplus: 2.31 },
        de: ['Avalon läuft weiter. 2,3 kW Sonne sind übrig, nötig sind 1,5 kW.', 'Das Haus ist versorgt, und 2,3 kW bleiben übrig. Für volle Kraft sind 1,5 kW nötig. Deshalb läuft Avalon weiter.'],
        en: ['Avalon keeps running. 2.3 kW of sun is spare, 1.5 kW is needed.', 'The house is served, and 2.3 kW is spare. Full power needs 1.5 kW. So Avalon keeps running.'],
    },
    eco: {
        code: 'THROTTLE_R1_SURPLUS_THROTTLE',
        level: 'eco',
        shape: { surplus: 1.12 },
        de: ['Bitaxe bleibt auf Sparflamme. 1,1 kW sind übrig, voll läuft er ab 1,5 kW.', 'Das Haus ist versorgt, und 1,1 kW bleiben übrig. Für volle Kraft sind 1,5 kW nötig. Deshalb bleibt Bitaxe auf Sparflamme.'],
        en: ['Bitaxe stays at low power. 1.1 kW is spare, full power needs 1.5 kW.', 'The house is served, and 1.1 kW is spare. Full power needs 1.5 kW. So Bitaxe stays at low power.'],
    },
    hot: {
        code: 'STOP_R3_OVERTEMP',
        level: 'off',
        shape: { temperature: 91 },
        de: ['Not-Stopp. Avalon ist 91 °C heiß, erlaubt sind 85 °C.', 'Avalon ist zu heiß: 91 °C, erlaubt sind 85 °C. Deshalb ist Avalon sofort aus. Bitte sieh nach Lüfter und Filter.'],
        en: ['Safety stop. Avalon is at 91 °C, 85 °C is the limit.', 'Avalon is too hot: 91 °C, 85 °C is the limit. So Avalon is off at once. Please check fan and filter.'],
    },
    locked: {
        code: 'STOP_R3_LOCKOUT',
        level: 'off',
        de: ['Avalon bleibt aus bis mindestens 11:40. So lange kühlt er ab.', 'Nach dem Not-Stopp ruht Avalon bis mindestens 11:40.'],
        en: ['Avalon stays off until at least 11:40. It needs that time to cool down.', 'After the safety stop Avalon rests until at least 11:40.'],
    },
    blind: {
        code: 'STOP_R3_MISSING_TELEMETRY',
        level: 'off',
        de: ['Avalon bleibt aus. Mir fehlen Werte: Sonne und Netz.', 'Ohne Sonne und Netz kann ich die Lage nicht beurteilen. Deshalb bleibt Avalon aus.'],
        en: ['Avalon stays off. I am missing data: sun and grid.', 'Without sun and grid I cannot judge the situation. So Avalon stays off.'],
    },
    stopped: {
        code: 'STOP_OVERRIDE',
        level: 'off',
        de: ['Avalon steht, weil du es willst. Bis 11:56, dann wieder Automatik.', 'Du hast Avalon angehalten. Um 11:56 übernimmt wieder die Automatik.'],
        en: ['Avalon is off because you asked for it. Until 11:56, then automatic again.', 'You stopped Avalon. At 11:56 the automatic takes over again.'],
    },
    emergency: {
        code: 'STOP_R3_EMERGENCY',
        level: 'off',
        de: ['Not-Stopp von Hand. Avalon bleibt aus, bis du das bestätigst.', 'Jemand hat den Not-Stopp gedrückt. Alles bleibt aus, bis du das bestätigst.'],
        en: ['Emergency stop by hand. Avalon stays off until you acknowledge it.', 'Somebody pressed the emergency stop. Everything stays off until you acknowledge it.'],
    },
    manual: {
        code: 'NOOP_MANUAL_MODE',
        level: 'off',
        de: ['Du steuerst selbst. Nur der Not-Stopp greift noch ein.', 'Du hast auf Hand gestellt. Ich schalte nichts, nur der Not-Stopp greift ein.'],
        en: ['You are in control. Only the safety stop still acts.', 'You chose manual. I switch nothing, only the safety stop acts.'],
    },
} satisfies Record<string, Told>;

function load(id: string, name: string, kind: Load['kind'], told: Told, change: Partial<Load> = {}): Load {
    const isOn = told.level !== 'off';
    return {
        id,
        name,
        kind,
        full_w: 1674,
        eco_w: 800,
        can_throttle: kind === 'miner',
        level: told.level,
        limit_w: null,
        running: isOn,
        confirmation: 'confirmed',
        signals: {
            temp_c: signal(told.shape?.temperature ?? (kind === 'miner' ? 61 : null), '°C'),
            power_w: signal(isOn ? 1674 : 12, 'W'),
            heartbeat_age_s: signal(3, 's'),
            hashrate_ths: signal(isOn ? 90 : 0, 'TH/s'),
        },
        lockout: null,
        override: null,
        switches_today: 2,
        relay: kind === 'miner',
        relay_closed: kind === 'miner' ? isOn : null,
        dead_man_left_s: kind === 'miner' && isOn ? 87 : null,
        decision: decision(id, told),
        ...change,
    };
}

function house(loads: Load[], change: Partial<Live> = {}): Live {
    return {
        schema: 'live/1',
        time: iso(start),
        site: { id: 'home', name: 'Zuhause', time_zone: 'Europe/Berlin', block_minutes: 10, has_battery: true },
        ready: true,
        safety: { mode: 'normal', since: null, until: null, reason_code: null },
        quality: 'ok',
        degraded: false,
        missing_signals: [],
        autonomy: 'FULL',
        emergency: false,
        signals: {
            pv_power_w: signal(2140, 'W'),
            grid_import_w: signal(0, 'W'),
            grid_export_w: signal(128, 'W'),
            house_load_w: signal(860, 'W'),
            battery_soc_pct: signal(72, '%'),
            battery_power_w: signal(-1140, 'W'),
            energy_price_ct_kwh: signal(18.4, 'ct/kWh', 840),
            price_peak_ct_kwh: signal(31.2, 'ct/kWh', 840),
            pv_forecast_kw: signal(2.6, 'kW', 1500),
        },
        surplus_kw: 0.42,
        loads,
        block: { id: block, start: iso(blockStart), next_tick: iso(blockStart + blockMs) },
        health: {
            status: 'ok',
            parts: [
                { part: 'device/inverter', status: 'ok', reason: '', code: '', since: iso(start - 7_200_000), rejected: 0 },
                { part: 'device/miner', status: 'ok', reason: '', code: '', since: iso(start - 7_200_000), rejected: 0 },
                { part: 'journal', status: 'ok', reason: '', code: '', since: iso(start - 7_200_000), rejected: 0 },
            ],
        },
        last_cycle: iso(start - 400),
        drill: null,
        research: false,
        guard: { state: 'none', since: null, loads_not_off: null, proof_left_s: null, note: '' },
        energy_path: { preferred: 'hodl', rejected: ['export', 'store', 'heat'], value_ct_kwh: { export: 8.1, store: null, heat: null, hodl: 11.3 }, sats_per_kwh: 113 },
        config_version: 'e7a42939bf45',
        program_version: '0.1.0',
        ...change,
    };
}

const sunny = (live: Live): Live => ({
    ...live,
    surplus_kw: 2.31,
    signals: {
        ...live.signals,
        pv_power_w: signal(4210, 'W'),
        grid_export_w: signal(436, 'W'),
        battery_power_w: signal(-1240, 'W'),
    },
});

const lockout: Lockout = { reason: 'OVERTEMP', until: iso(start + 1_560_000), needs_ack: true, acked: false };
const override: Override = { override_id: 'o-1', action: 'STOP', limit_w: null, until: iso(start + 2_520_000), use_reserve: false, actor: 'local' };
const rod = () =>
    load('rod', 'Heizstab', 'heater', {
        ...told.waiting,
        de: ['Heizstab wartet. 0,4 kW Sonne sind übrig, nötig sind 1,2 kW.', told.waiting.de[1], ''],
        en: ['Heating rod is waiting. 0.4 kW of sun is spare, 1.2 kW is needed.', told.waiting.en[1], ''],
    });
const avalon = (what: Told, change: Partial<Load> = {}) => load('miner', 'Avalon', 'miner', what, change);

export type StateName = 'normal' | 'running' | 'offline' | 'safety' | 'lockout' | 'safe' | 'degraded' | 'override' | 'manual' | 'assist' | 'starting' | 'emergency';

/** Offline is the normal house with the line cut: the server cuts it. */
export const states: Record<StateName, () => Live> = {
    normal: () => house([avalon(told.waiting), rod()]),
    running: () => sunny(house([avalon(told.running), load('bitaxe', 'Bitaxe', 'miner', told.eco, { signals: { ...load('x', 'x', 'miner', told.eco).signals, power_w: signal(14, 'W'), temp_c: signal(52, '°C') } })])),
    offline: () => house([avalon(told.waiting)]),
    safety: () => house([rod(), avalon(told.hot, { lockout })], { safety: { mode: 'lockout', since: iso(start - 30_000), until: lockout.until, reason_code: told.hot.code } }),
    lockout: () => house([avalon(told.locked, { lockout })], { safety: { mode: 'lockout', since: iso(start - 300_000), until: lockout.until, reason_code: told.locked.code } }),
    safe: () => house([avalon(told.blind)], { safety: { mode: 'safe', since: iso(start - 60_000), until: null, reason_code: told.blind.code }, degraded: true, quality: 'error', missing_signals: ['pv_power_w', 'grid_import_w'] }),
    degraded: () => {
        const live = house([avalon(told.waiting)], { degraded: true, quality: 'error', missing_signals: ['battery_soc_pct'], safety: { mode: 'degraded', since: null, until: null, reason_code: null } });
        live.signals = { ...live.signals, battery_soc_pct: signal(null, '%'), battery_power_w: signal(null, 'W') };
        live.health = { status: 'error', parts: [{ part: 'device/inverter', status: 'error', reason: 'battery does not answer', code: '', since: iso(start - 240_000), rejected: 3 }] };
        return live;
    },
    override: () => house([avalon(told.stopped, { override })]),
    manual: () => house([avalon(told.manual)], { autonomy: 'MANUAL' }),
    assist: () => {
        const proposed = avalon(told.waiting);
        if (proposed.decision) proposed.decision = { ...proposed.decision, decision_code: 'NOOP_ASSIST_PROPOSAL', proposal: 'START_R1_SURPLUS_OK', counterfactual: null };
        return sunny(house([proposed], { autonomy: 'ASSIST' }));
    },
    starting: () => house([avalon(told.waiting, { decision: null })], { ready: false }),
    emergency: () => house([avalon(told.emergency), rod()], { emergency: true, safety: { mode: 'estop', since: iso(start), until: null, reason_code: told.emergency.code } }),
};

/** A part of the house that speaks up, for a house in any state. */
export const trouble = (part: string, code: HealthPart['code'], status: HealthPart['status'] = 'error'): HealthPart => ({
    part,
    status,
    code,
    reason: code === '' ? '' : `as the engine says it: ${code}`,
    since: iso(start - 600_000),
    rejected: 0,
});
export const withTroubles = (live: Live, ...parts: HealthPart[]): Live => ({
    ...live,
    health: { status: 'error', parts: [...live.health.parts.filter((known) => !parts.some((part) => part.part === known.part)), ...parts] },
});

/** A load that was told to stop, and does not. */
export const uncontrolled = (): Live => house([avalon(told.hot, { lockout, running: true, confirmation: 'failed' }), rod()], { safety: states.safety().safety });

/** Everything that can be set up is there, and a self-test was passed. */
export const guarded = (): Live => ({
    ...withTroubles(states.running(), trouble('guard', '', 'ok'), trouble('watchdog', '', 'ok'), trouble('ups', '', 'ok')),
    guard: { state: 'armed', since: iso(start - 7_200_000), loads_not_off: null, proof_left_s: null, note: '' },
    drill: {
        time: iso(start - 12 * 86_400_000),
        load_id: 'miner',
        passed: true,
        actor: 'local',
        steps: [
            { check: 'start_confirmed', result: 'passed', took_s: 41.5 },
            { check: 'dead_man_armed', result: 'passed', took_s: 0.3 },
            { check: 'guard_armed', result: 'skipped', took_s: 0 },
            { check: 'stop_confirmed', result: 'passed', took_s: 2.3 },
        ],
    },
});

/** The last blocks of a load, newest first. */
export function past(loadId: string): Decision[] {
    const list: Told[] = [told.waiting, told.waiting, told.running, told.running, told.eco, told.waiting, told.waiting];
    return list.map((one, index) => decision(loadId, one, blockStart - index * blockMs)).slice(1);
}
