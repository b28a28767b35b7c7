// The daemon's API on paper: the built page, one state, real sockets. Started by the browser tests on any free port.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Live, Message, WhatIf } from '../../src/lib/api/types.ts';
import { past, states, told, decision, type StateName } from './states.ts';

const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface PaperOptions {
    state: StateName;
    port?: number;
    token?: string;
    /** A start is refused for the battery's reserve unless the wish says to use it. */
    guardsReserve?: boolean;
    /** Refuses every preview: its status and code. */
    refusesPreviews?: [number, string];
}

// Said by the real program, see schemas/examples.
const example = JSON.parse(readFileSync(new URL('../../../schemas/examples/what_if.json', import.meta.url), 'utf8')) as Record<'now' | 'changed', WhatIf>;

// Any message but a snapshot, without the number that the house gives it.
type Unnumbered = { [T in Message['type']]: Omit<Extract<Message, { type: T }>, 'seq'> }[Message['type']];

export class PaperHouse {
    live: Live;
    readonly asked: { method: string; path: string; body: Record<string, unknown> }[] = [];
    private seq = 0;
    private readonly readers = new Set<WebSocket>();
    private readonly server = createServer((request, response) => void this.answer(request, response));
    private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'bitgrid' });
    private ping: ReturnType<typeof setInterval> | undefined;

    constructor(
        private readonly folder: string,
        private readonly options: PaperOptions,
    ) {
        this.live = states[options.state]();
        this.server.on('upgrade', (request, socket, head) => {
            const protocols = request.headers['sec-websocket-protocol'] ?? '';
            if (options.token && !protocols.includes(`token.${options.token}`)) return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
            this.sockets.handleUpgrade(request, socket, head, (reader) => this.join(reader));
        });
    }

    async start(): Promise<number> {
        await new Promise<void>((ready) => this.server.listen(this.options.port ?? 0, '127.0.0.1', ready));
        this.ping = setInterval(() => this.say({ type: 'ping', data: { time: this.live.time } }), 5000);
        return this.port;
    }
    get port(): number {
        const address = this.server.address();
        return typeof address === 'object' && address ? address.port : 0;
    }
    async stop() {
        clearInterval(this.ping);
        for (const reader of this.readers) reader.terminate();
        this.server.closeAllConnections();
        await new Promise((done) => this.server.close(done));
    }

    say(message: Unnumbered, skip = 0) {
        this.seq += 1 + skip;
        const text = JSON.stringify({ seq: this.seq, ...message });
        for (const reader of this.readers) reader.send(text);
    }
    change(data: Partial<Live>, skip = 0) {
        this.live = { ...this.live, ...data };
        this.say({ type: 'state', data }, skip);
    }

    private join(reader: WebSocket) {
        this.readers.add(reader);
        reader.on('close', () => this.readers.delete(reader));
        reader.send(JSON.stringify({ seq: this.seq, type: 'snapshot', data: this.live }));
    }

    private async answer(request: IncomingMessage, response: ServerResponse) {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://house');
        if (!pathname.startsWith('/api/v1/')) return this.file(pathname, response);
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = chunks.length ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {};
        const method = request.method ?? 'GET';
        if (method !== 'GET') this.asked.push({ method, path: pathname.slice(8), body });
        if (this.options.token && request.headers.authorization !== `Bearer ${this.options.token}`)
            return this.json(response, 401, { status: 401, title: 'Sign in', detail: '', code: 'UNAUTHORIZED' });
        this.route(method, pathname.slice(8), searchParams, body, response);
    }

    private route(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>, response: ServerResponse) {
        if (path === 'state') return this.json(response, 200, this.live);
        if (path === 'session') return this.json(response, 200, { kind: 'local', name: 'local', role: 'admin', confirmed: false, csrf: null });
        if (path === 'version') return this.json(response, 200, { program: this.live.program_version });
        if (path === 'timeline') return this.json(response, 200, { items: past(query.get('load') ?? 'miner'), next_cursor: null });
        if (path === 'preview') return this.preview(body, response);
        if (path === 'override') return this.override(body, response);
        if (path === 'exports') return this.exports(method, response);
        if (path.startsWith('exports/')) return void response.writeHead(200, { 'Content-Type': 'application/zip' }).end('a file');
        if (path.startsWith('override/') && method === 'DELETE') this.change({ loads: this.live.loads.map((load) => ({ ...load, override: null })) });
        else if (path === 'autonomy') this.change({ autonomy: body['level'] as Live['autonomy'] });
        else if (path === 'research') this.change({ research: body['enabled'] === true });
        else if (path === 'emergency-stop') this.change({ emergency: true });
        else if (path === 'safety/ack') this.change({ emergency: false, loads: this.live.loads.map((load) => ({ ...load, lockout: null })) });
        else if (path.startsWith('proposals/')) this.change({ loads: this.live.loads.map((load) => ({ ...load, decision: decision(load.id, told.running) })) });
        else return this.json(response, 404, { status: 404, title: 'Not found', detail: '', code: 'NOT_FOUND' });
        this.json(response, 200, { accepted: true });
    }

    private preview(body: Record<string, unknown>, response: ServerResponse) {
        if (this.options.refusesPreviews) {
            const [status, code] = this.options.refusesPreviews;
            return this.json(response, status, { status, title: 'Refused', detail: '', code });
        }
        const isChanged = Object.keys({ ...(body['signals'] as object), ...(body['rules'] as object) }).length > 0;
        const answer = structuredClone(isChanged ? example.changed : example.now);
        for (const load of answer.loads) load.load_id = String(body['load']);
        if (typeof body['decision_id'] === 'string') Object.assign(answer, { basis: 'decision', decision_id: body['decision_id'] });
        this.json(response, 200, answer);
    }

    private override(body: Record<string, unknown>, response: ServerResponse) {
        if (this.options.guardsReserve && body['action'] === 'START' && !body['use_reserve'])
            return this.json(response, 409, {
                status: 409,
                title: 'Refused',
                detail: '',
                code: 'REJECTED_R2_SOC_HARD_MIN',
                explain: {
                    de: { short: 'Das geht gerade nicht. Der Speicher hat 48 %, die Reserve fürs Haus ist 50 %.', details: '', counterfactual: '' },
                    en: { short: 'That is not possible now. The battery is at 48 %, the house reserve is 50 %.', details: '', counterfactual: '' },
                },
            });
        const until = new Date(Date.parse(this.live.time) + Number(body['duration_min']) * 60_000).toISOString();
        const action = body['action'] as 'START' | 'STOP' | 'LIMIT';
        const loads = this.live.loads.map((load) =>
            load.id === body['load_id']
                ? { ...load, override: { override_id: 'o-2', action, limit_w: (body['watts'] as number) ?? null, until, use_reserve: body['use_reserve'] === true, actor: 'local' }, decision: decision(load.id, told.stopped) }
                : load,
        );
        this.change({ loads });
        this.json(response, 200, { accepted: true, override_id: 'o-2' });
    }

    // One is there as soon as one was asked for.
    private exports(method: string, response: ServerResponse) {
        if (method === 'POST') return this.json(response, 202, { making: true, command_id: 'c' });
        const isMade = this.asked.some((one) => one.path === 'exports');
        const items = isMade ? [{ id: '2026-06-15T100000Z.zip', bytes: 6, made: this.live.time }] : [];
        this.json(response, 200, { making: false, trouble: '', items });
    }

    private json(response: ServerResponse, status: number, body: unknown) {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    }

    private file(pathname: string, response: ServerResponse) {
        const path = join(this.folder, normalize(pathname === '/' ? '/index.html' : pathname));
        if (!path.startsWith(this.folder) || !existsSync(path)) return void response.writeHead(404).end();
        response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': policy });
        response.end(readFileSync(path));
    }
}
