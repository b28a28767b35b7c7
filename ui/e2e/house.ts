// A real controller with a simulated house behind the page: `bitgrid demo`, on a free port, ended by its process id.
import { test as base } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const programs = process.env['BITGRID_BIN'] ?? join(import.meta.dirname ?? '.', '../../build/bin');

export interface House {
    url: string;
    process: ChildProcess;
}

function start(): Promise<House> {
    const child = spawn(join(programs, 'bitgrid'), ['demo', '--headless', '--speed', '120'], { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Promise((resolve, reject) => {
        let said = '';
        child.stdout.on('data', (chunk: Buffer) => {
            said += chunk.toString();
            const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
            if (url) resolve({ url, process: child });
        });
        child.on('exit', (code) => reject(new Error(`bitgrid demo ended with ${code}: ${said}`)));
    });
}

export const test = base.extend<object, { house: House }>({
    house: [
        async ({}, use) => {
            const house = await start();
            await use(house);
            const ended = new Promise((resolve) => house.process.on('exit', resolve));
            house.process.kill('SIGKILL');
            await ended;
        },
        { scope: 'worker', timeout: 60_000 },
    ],
});
export { expect } from '@playwright/test';
