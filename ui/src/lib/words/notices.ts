// What the reader must know beyond the decision, most urgent first. Only the first becomes the banner.
import type { HealthPart, Live, Load, Override } from '../api/types.ts';
import { isTold, loadOf, worstFirst } from './troubles.ts';

export type Notice =
    | { kind: 'offline' }
    | { kind: 'uncontrolled'; load: Load }
    | { kind: 'emergency' }
    | { kind: 'safety'; load: Load }
    | { kind: 'lockout'; load: Load; until: string; needsAck: boolean }
    | { kind: 'safe'; signals: string[] }
    | { kind: 'degraded'; signals: string[] }
    | { kind: 'trouble'; part: HealthPart }
    | { kind: 'override'; load: Load; override: Override }
    | { kind: 'manual' }
    | { kind: 'assist' }
    | { kind: 'semi' }
    | { kind: 'starting' };

export type Role = 'danger' | 'warn' | 'info' | 'neutral';

export function roleOf(notice: Notice): Role {
    switch (notice.kind) {
        case 'uncontrolled':
        case 'emergency':
        case 'safety':
        case 'lockout':
        case 'safe':
            return 'danger';
        case 'offline':
        case 'degraded':
        case 'trouble':
            return 'warn';
        case 'starting':
            return 'neutral';
        default:
            return 'info';
    }
}

// A load that a safety rule holds: by its own cause, else by the lockout that followed.
function protection(load: Load): Notice[] {
    const decision = load.decision;
    const isTrip = decision?.rule === 'R3' && decision.action === 'STOP' && !['LOCKOUT', 'EMERGENCY', 'SHUTDOWN', 'MISSING_TELEMETRY'].includes(decision.reason);
    if (isTrip) return [{ kind: 'safety', load }];
    if (!load.lockout) return [];
    return [{ kind: 'lockout', load, until: load.lockout.until, needsAck: load.lockout.needs_ack && !load.lockout.acked }];
}

// Told to stop, and it still draws power, although everything was tried.
export const isUncontrolled = (load: Load): boolean => load.level === 'off' && load.confirmation === 'failed' && load.running;

// All power is gone, or the guard holds: that is why the loads stand, so it goes before what is missing.
const outranks = (part: HealthPart): boolean => ['ups', 'guard', 'controller'].includes(part.part);

export function noticesOf(live: Live, isLive: boolean): Notice[] {
    const notices: Notice[] = [];
    if (!isLive) notices.push({ kind: 'offline' });
    for (const load of live.loads) if (isUncontrolled(load)) notices.push({ kind: 'uncontrolled', load });
    if (live.emergency) notices.push({ kind: 'emergency' });
    const held = live.emergency ? [] : live.loads.flatMap(protection);
    notices.push(...held.filter((n) => n.kind === 'safety'), ...held.filter((n) => n.kind === 'lockout'));
    const troubles = worstFirst(live.health.parts)
        .filter((part) => isTold(part) && !(part.code === 'NOT_UNDER_CONTROL' && loadOf(live, part)?.running))
        .map((part) => ({ kind: 'trouble', part }) as const);
    notices.push(...troubles.filter((notice) => outranks(notice.part)));
    if (live.safety.mode === 'safe') notices.push({ kind: 'safe', signals: live.missing_signals });
    else if (live.ready && live.missing_signals.length > 0) notices.push({ kind: 'degraded', signals: live.missing_signals });
    notices.push(...troubles.filter((notice) => !outranks(notice.part)));
    for (const load of live.loads) if (load.override) notices.push({ kind: 'override', load, override: load.override });
    if (live.autonomy === 'MANUAL') notices.push({ kind: 'manual' });
    if (live.autonomy === 'ASSIST') notices.push({ kind: 'assist' });
    if (live.autonomy === 'SEMI') notices.push({ kind: 'semi' });
    if (!live.ready) notices.push({ kind: 'starting' });
    return notices;
}

/** Whether the daemon waits for somebody to acknowledge. */
export const wantsAcknowledgement = (live: Live): boolean =>
    live.emergency || live.loads.some((load) => load.lockout?.needs_ack && !load.lockout.acked);

function urgency(load: Load): number {
    if (isUncontrolled(load)) return 5;
    if (load.lockout || load.decision?.rule === 'R3' && load.decision.action === 'STOP') return 4;
    if (load.confirmation === 'failed') return 3;
    if (load.decision?.proposal) return 2;
    return load.override ? 1 : 0;
}

/** First the load that needs attention, else in the owner's order. */
export function byAttention(loads: Load[]): Load[] {
    return loads
        .map((load, index) => ({ load, index }))
        .sort((a, b) => urgency(b.load) - urgency(a.load) || a.index - b.index)
        .map(({ load }) => load);
}

export type Pose = 'running' | 'trotting' | 'waiting' | 'shielded' | 'searching' | 'waving' | 'stretching';

/** How the hamster sits: calm wherever something is wrong. */
export function poseOf(live: Live, load: Load | undefined): Pose {
    if (!live.ready || !load?.decision) return 'stretching';
    if (live.emergency || load.lockout || load.decision.rule === 'R3') return 'shielded';
    if (live.missing_signals.length > 0) return 'searching';
    if (load.override) return 'waving';
    if (load.level === 'full') return 'running';
    return load.level === 'off' ? 'waiting' : 'trotting';
}
