// The one house that this page shows: its line, its values, the page's clock.
import { Feed } from './api/feed.ts';
import { receive, remember, type House } from './api/house.ts';
import {
    beginWithCode, confirmPassword, forgetToken, isAboutToken, keepToken, readSession, readToken, recentDecisions, refusalAtTheDoor, Refused,
    signIn, signOut, type Refusal,
} from './api/rest.ts';
import type { Decision, Live, Message, Session } from './api/types.ts';

/** signin: the house is there and wants to know who asks. */
export type Link = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'signin';

const decisionsPerLoad = 24;

class Home {
    link = $state<Link>('connecting');
    house = $state.raw<House | null>(null);
    /** Milliseconds of the site's clock, as far as the page knows. */
    now = $state(0);
    /** When the last message came, by the page's own clock. */
    heardAt = $state(0);
    heardNow = $state(0);
    refusal = $state.raw<Refusal | null>(null);
    /** Why it does not let us in, of the token that was tried last. */
    door = $state<'' | 'unknown' | 'wait'>('');
    isReplaced = $state(false);
    /** Who is asking; null until it is known. */
    session = $state.raw<Session | null>(null);
    /** By what one can sign in. */
    ways = $state.raw<NonNullable<Refusal['sign_in']>>(['token']);
    /** An order that waits for the password. */
    waiting = $state.raw<(() => Promise<unknown>) | null>(null);

    private readonly feed = new Feed(
        () => {
            const address = new URL('api/v1/ws', document.baseURI);
            address.protocol = address.protocol.replace('http', 'ws');
            return address.href;
        },
        readToken,
        { message: (message) => this.take(message), lost: (opened) => void this.lose(opened) },
    );
    private failures = 0;

    get live(): Live | null {
        return this.house?.live ?? null;
    }
    get isLive(): boolean {
        return this.link === 'live';
    }
    /** Whether a wish would reach the house now. */
    get canAct(): boolean {
        return this.isLive && this.house !== null;
    }
    get decisions(): Decision[] {
        return this.house?.decisions ?? [];
    }

    start() {
        this.feed.start();
        setInterval(() => this.tick(), 1000);
    }

    signIn(token: string) {
        keepToken(token);
        this.comeIn();
    }
    signInAs = (name: string, password: string) => this.tryDoor(() => signIn(name, password));
    begin = (code: string, name: string, password: string) => this.tryDoor(() => beginWithCode(code, name, password));

    async leave() {
        try {
            await signOut();
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
        }
        this.house = this.session = null;
        this.door = '';
        this.link = 'signin';
        const refusal = await refusalAtTheDoor();
        if (refusal) this.stayOutside(refusal);
        this.feed.renew();
    }

    /** Shows the password again; then what waited for it is done. Null: it was right. */
    async confirm(password: string): Promise<Refusal | null> {
        try {
            this.session = await confirmPassword(password);
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            return error.problem;
        }
        const order = this.waiting;
        this.waiting = null;
        if (order) await this.tell(order);
        return null;
    }

    private comeIn() {
        this.door = '';
        this.link = 'connecting';
        this.feed.renew();
    }
    private async tryDoor(knock: () => Promise<Session>): Promise<Refusal | null> {
        try {
            forgetToken();
            this.session = await knock();
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            return error.problem;
        }
        this.comeIn();
        return null;
    }
    private async meet() {
        try {
            this.session = await readSession();
        } catch (error) {
            // Then the page does not say who it is; the rest goes on.
            if (!(error instanceof Refused)) throw error;
        }
    }

    /** Does what the reader asked for; a refusal is kept and shown. */
    async tell(order: () => Promise<unknown>): Promise<Refusal | null> {
        this.refusal = null;
        try {
            await order();
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            if (error.problem.code === 'CONFIRM_NEEDED') {
                this.waiting = order;
                return error.problem;
            }
            if (isAboutToken(error.problem)) this.stayOutside(error.problem);
            this.refusal = error.problem;
        }
        return this.refusal;
    }

    private take(message: Message) {
        const before = this.house;
        const { house, gap } = receive(before, message);
        if (gap) return this.feed.renew();
        this.failures = 0;
        this.link = 'live';
        this.door = '';
        this.heardAt = this.heardNow = Date.now();
        if (!house || house === before) return;
        this.house = house;
        const time = message.type === 'ping' ? message.data?.time : house.live.time;
        if (time) this.now = Date.parse(time);
        if (message.type !== 'snapshot') return;
        void this.meet();
        if (before && before.live.program_version !== house.live.program_version) this.isReplaced = true;
        for (const load of house.live.loads) void this.recall(load.id);
    }

    private async recall(load: string) {
        try {
            const { items } = await recentDecisions(load, decisionsPerLoad);
            if (this.house) this.house = { ...this.house, decisions: remember(this.house.decisions, items) };
        } catch (error) {
            // The past is missing then; the present came with the snapshot.
            if (!(error instanceof Refused)) throw error;
        }
    }

    private async lose(opened: boolean) {
        this.failures = opened ? 0 : this.failures + 1;
        if (this.link === 'signin') return;
        if (opened) this.link = 'reconnecting';
        else if (this.failures > 1 || this.house) this.link = 'offline';
        const refusal = opened ? null : await refusalAtTheDoor();
        if (refusal) this.stayOutside(refusal);
    }

    private stayOutside(refusal: Refusal) {
        this.link = 'signin';
        if (refusal.sign_in) this.ways = refusal.sign_in;
        if (refusal.status !== 401) this.door = 'wait';
        else if (readToken()) this.door = 'unknown';
        // Tried again and again, it would use up the tries that this address has.
        if (refusal.status === 401) forgetToken();
    }

    private tick() {
        this.heardNow = Date.now();
        if (this.isLive) this.now += 1000;
    }
}

export const home = new Home();
