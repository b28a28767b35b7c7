// A real house for the browser: the simulated devices and the controller, on free ports of this machine.
// BITGRID_BIN names the folder of the programs; without it build/bin of this tree.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test as base } from '@playwright/test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = process.env['BITGRID_BIN'] ?? join(root, 'build/bin');
export const page = join(root, 'ui/dist');
/** A minute of the house in one second. */
const speed = 60;
/** Late morning of a clear day of the record. */
const morning = Date.parse('2024-05-21T08:30:00Z');

export async function begin(name: string, args: string[]): Promise<{ child: ChildProcess; said: Record<string, number> }> {
    const child = spawn(join(programs, name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let trouble = '';
    child.stderr.on('data', (text: Buffer) => (trouble = (trouble + text.toString()).slice(-2000)));
    const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`${name} ended with ${code}: ${trouble}`);
    });
    ended.catch(() => undefined);
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string];
    child.stdout.resume();
    return { child, said: JSON.parse(line) as Record<string, number> };
}

export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals) {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
}

function describe(folder: string, ports: Record<string, number>, apiPort: number) {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('site.yaml', 'id: home\nname: Home\n');
    write('loads.yaml', '- {id: miner, name: Avalon}\n');
    write(
        'devices.yaml',
        [
            `- {type: sunspec, id: inverter, port: ${ports['modbus']}, meter_unit_id: 200}`,
            `- {type: avalon, load: miner, port: ${ports['cgminer']}, pause_ms: 0}`,
            `- {type: shelly_relay, load: miner, port: ${ports['plug']}}`,
            `- {type: prices, url: "http://127.0.0.1:${ports['market']}/price"}`,
            `- {type: forecast, url: "http://127.0.0.1:${ports['market']}/v1/forecast", kwp: 4.6}`,
            '',
        ].join('\n'),
    );
    write('mqtt.yaml', 'enabled: false\n');
    write('api.yaml', `port: ${apiPort}\n`);
}

export class House {
    url = '';
    private readonly folder = mkdtempSync(join(tmpdir(), 'bitgrid-house-'));
    private readonly began = Date.now();
    private sim: ChildProcess | undefined;
    private daemon: ChildProcess | undefined;
    private ports: Record<string, number> = {};
    private apiPort = 0;

    private time(): string[] {
        return ['--speed', String(speed), '--start-wall', String(morning), '--start-real', String(this.began)];
    }
    async start() {
        mkdirSync(join(this.folder, 'config'));
        const { child, said } = await begin('bitgrid-sim', ['--story', 'none', ...this.time()]);
        this.sim = child;
        this.ports = said;
        await this.startController();
    }
    /** The controller again, at the same address. */
    async startController() {
        const config = join(this.folder, 'config');
        describe(config, this.ports, this.apiPort);
        const { child, said } = await begin('bitgridd', ['--config', config, '--data', join(this.folder, 'data'), '--ui', page, ...this.time()]);
        this.daemon = child;
        this.apiPort = said['api_port'] ?? 0;
        this.url = `http://127.0.0.1:${this.apiPort}/`;
    }
    stopController(signal: NodeJS.Signals): Promise<void> {
        return end(this.daemon, signal);
    }
    async stop() {
        await end(this.daemon, 'SIGKILL');
        await end(this.sim, 'SIGKILL');
        rmSync(this.folder, { recursive: true, force: true });
    }
}

export const test = base.extend<{ house: House }>({
    house: async ({}, use) => {
        if (!existsSync(join(programs, 'bitgridd'))) throw new Error(`no programs in ${programs}; build them, or set BITGRID_BIN`);
        const house = new House();
        try {
            await house.start();
            await use(house);
        } finally {
            await house.stop();
        }
    },
});
export { expect } from '@playwright/test';
