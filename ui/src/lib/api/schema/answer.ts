// Written by `npm run types` from schemas/answer.schema.json: change it there.
import type * as decision from './decision.ts';

/** An accepted write: the same to the same command_id. */
export interface Answer {
    accepted: true;
    command_id: string;
    /** of the wish that was set */
    override_id: string | null;
    decision_code: decision.Code | null;
    explain: decision.Explanation;
}
