// Written by `npm run types` from schemas/problem.schema.json: change it there.
import type * as decision from './decision.ts';
import type * as event from './event.ts';

/** RFC 9457 problem details. `code` is stable; a program should look at it and not at the words. */
export interface Problem {
    type: 'about:blank';
    title: string;
    status: number;
    /** names the field, what it was, and what is allowed */
    detail: string;
    code: string;
    explain?: decision.Explanation;
    /** by what one can sign in here: an account, the code of the first run, a token */
    sign_in?: ('password' | 'code' | 'token')[];
    command_id?: string | null;
    /** of a configuration that was refused */
    problems?: event.ConfigProblem[];
}
