// Asking and telling the daemon. Paths are relative to the page, so that it also works behind a proxy.
import type {
    Answer, Autonomy, Exports, OverrideRequest, Problem, Session, Timeline, WhatIf, WhatIfRequest,
} from './types.ts';

const tokenKey = 'bitgrid.token';

export const readToken = (): string | null => localStorage.getItem(tokenKey);
export const keepToken = (token: string) => localStorage.setItem(tokenKey, token);
export const forgetToken = () => localStorage.removeItem(tokenKey);

/** What is told of a refusal; made here where no answer came. */
export type Refusal = Pick<Problem, 'status' | 'title' | 'detail' | 'code' | 'explain' | 'sign_in'>;

export class Refused extends Error {
    constructor(readonly problem: Refusal) {
        super(problem.detail);
    }
}

/** Of the session whose cookie the browser keeps: shows that it is this page that asks. */
let csrf: string | null = null;

export const isAboutToken = ({ status, code }: Refusal) => status === 401 || code === 'TOO_MANY_TRIES';

async function problemOf(response: Response): Promise<Refusal> {
    try {
        return (await response.json()) as Refusal;
    } catch {
        return { status: response.status, title: response.statusText, detail: '', code: `HTTP_${response.status}` };
    }
}

async function ask(method: string, path: string, body?: unknown, until?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {};
    const token = readToken();
    if (token) headers['Authorization'] = `Bearer ${token}`;
    if (csrf && !token) headers['X-CSRF-Token'] = csrf;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response: Response;
    try {
        response = await fetch(new URL(`api/v1/${path}`, document.baseURI), {
            method,
            headers,
            body: body === undefined ? null : JSON.stringify(body),
            signal: until ?? null,
        });
    } catch {
        throw new Refused({ status: 0, title: '', detail: '', code: 'NO_CONNECTION' });
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    // Somebody signed in from another tab: the cookie is theirs, and so is what goes with it.
    const before = csrf;
    if (problem.code === 'CSRF_TOKEN_NEEDED' && (await readSession()).csrf !== before) return ask(method, path, body, until);
    throw new Refused(problem);
}

async function call<T>(method: string, path: string, body?: unknown, until?: AbortSignal): Promise<T> {
    return (await (await ask(method, path, body, until)).json()) as T;
}

const commandId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('');

const keep = (session: Session): Session => {
    csrf = session.csrf;
    return session;
};
export const readSession = async () => keep(await call<Session>('GET', 'session'));
export const signIn = async (name: string, password: string) => keep(await call<Session>('POST', 'login', { name, password }));
export const beginWithCode = async (code: string, name: string, password: string) =>
    keep(await call<Session>('POST', 'first-run', { code, name, password }));
export const confirmPassword = async (password: string) => keep(await call<Session>('POST', 'session/confirm', { password }));
export const signOut = async () => {
    await call<unknown>('POST', 'logout');
    csrf = null;
};

/** Why the house does not let this page in; null where it does, or where nobody answers. */
export const refusalAtTheDoor = async (): Promise<Refusal | null> => {
    try {
        await readSession();
        return null;
    } catch (error) {
        return error instanceof Refused && isAboutToken(error.problem) ? error.problem : null;
    }
};
export const recentDecisions = (load: string, limit: number) =>
    call<Timeline>('GET', `timeline?load=${encodeURIComponent(load)}&limit=${limit}`);
/** What would be decided; nothing is done. Refused as NO_CONNECTION where `until` ends it. */
export const whatIf = (request: WhatIfRequest, until: AbortSignal) => call<WhatIf>('POST', 'preview', request, until);
export const setOverride = (wish: Omit<OverrideRequest, 'command_id'>) => call<Answer>('POST', 'override', { ...wish, command_id: commandId() });
export const endOverride = (load: string) => call<Answer>('DELETE', `override/${encodeURIComponent(load)}`);
export const setAutonomy = (level: Autonomy) => call<Answer>('PUT', 'autonomy', { level, command_id: commandId() });
export const emergencyStop = () => call<Answer>('POST', 'emergency-stop');
export const acknowledge = () => call<Answer>('POST', 'safety/ack');
export const acceptProposal = (decision: string) => call<Answer>('POST', `proposals/${decision}/accept`);
export const setResearch = (enabled: boolean) => call<Answer>('PUT', 'research', { enabled, command_id: commandId() });
export const exportsOf = () => call<Exports>('GET', 'exports');
export const makeExport = () => call<unknown>('POST', 'exports', { command_id: commandId() });
/** Hands the file to the browser: a plain link could not show the token. */
export async function download(id: string) {
    const address = URL.createObjectURL(await (await ask('GET', `exports/${encodeURIComponent(id)}`)).blob());
    const link = document.createElement('a');
    link.href = address;
    link.download = id;
    link.click();
    URL.revokeObjectURL(address);
}
