// The live line to the house: one socket, opened again for as long as the page is open.
import type { Message } from './types.ts';

export interface FeedListener {
    message(message: Message): void;
    /** The line is gone; `opened` says whether it had ever stood. */
    lost(opened: boolean): void;
}

const silenceMs = 15_000;
const longestWaitMs = 15_000;

/** 0.5 s, doubled each time, at most 15 s; ±30 % so that many pages do not come back at once. */
export function waitMs(attempt: number, chance: number): number {
    return Math.min(500 * 2 ** attempt, longestWaitMs) * (0.7 + 0.6 * chance);
}

export class Feed {
    private socket: WebSocket | null = null;
    private attempt = 0;
    private retry: ReturnType<typeof setTimeout> | undefined;
    private silence: ReturnType<typeof setTimeout> | undefined;
    private stopped = true;

    constructor(
        private readonly address: () => string,
        private readonly token: () => string | null,
        private readonly listener: FeedListener,
    ) {}

    start() {
        this.stopped = false;
        document.addEventListener('visibilitychange', this.wake);
        window.addEventListener('pageshow', this.wake);
        window.addEventListener('online', this.wake);
        this.open();
    }

    stop() {
        this.stopped = true;
        document.removeEventListener('visibilitychange', this.wake);
        window.removeEventListener('pageshow', this.wake);
        window.removeEventListener('online', this.wake);
        this.close();
    }

    /** Throws the line away and opens a new one at once: something was lost, or the token is new. */
    renew() {
        this.close();
        this.attempt = 0;
        if (!this.stopped) this.open();
    }

    private readonly wake = () => {
        if (!this.stopped && !document.hidden && this.socket?.readyState !== WebSocket.OPEN) this.renew();
    };

    private open() {
        const token = this.token();
        const socket = new WebSocket(this.address(), token ? ['bitgrid', `token.${token}`] : ['bitgrid']);
        let opened = false;
        this.socket = socket;
        this.listen();
        socket.onopen = () => (opened = true);
        socket.onmessage = ({ data }) => {
            this.attempt = 0;
            this.listen();
            this.listener.message(JSON.parse(data) as Message);
        };
        socket.onclose = () => {
            if (this.socket === socket) this.fall(opened);
        };
    }

    private listen() {
        clearTimeout(this.silence);
        this.silence = setTimeout(() => {
            this.close();
            this.fall(true);
        }, silenceMs);
    }

    private fall(opened: boolean) {
        this.close();
        this.listener.lost(opened);
        if (!this.stopped) this.retry = setTimeout(() => this.open(), waitMs(this.attempt++, Math.random()));
    }

    private close() {
        clearTimeout(this.retry);
        clearTimeout(this.silence);
        const socket = this.socket;
        this.socket = null;
        if (!socket) return;
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
    }
}
