// What the daemon says, by the names that the page uses. All of it comes from schemas/ (see schema/).
import type { Action, Explanation } from './schema/decision.ts';
import type { LoadSignals, Signals } from './schema/live.ts';

export type { Answer } from './schema/answer.ts';
export type { Action, Autonomy, Decision, Explanation, Fact, Level, Lockout, Quality, Vote, Wish } from './schema/decision.ts';
export type { Drill, DrillStep, HealthCode, HealthPart, HealthStatus, Live, Load, Override, Signal } from './schema/live.ts';
export type { Message } from './schema/message.ts';
export type { Override as OverrideRequest } from './schema/override.ts';
export type { Problem } from './schema/problem.ts';
export type { Alive, Exports, Session, Timeline, Version, WhatIf, WhatIfField, WhatIfRequest } from './schema/views.ts';

export type Language = keyof Explanation;
export type SiteSignal = keyof Signals;
export type LoadSignal = keyof LoadSignals;

/** The code of a decision begins with what it does. */
export const actionOf = (code: string): Action => code.split('_')[0] as Action;
