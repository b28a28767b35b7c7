// Writes each text asset a second and third time, packed: the daemon serves it from memory as it is.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const kinds = /\.(html|js|css|svg|json)$/;

function filesOf(folder: string): string[] {
    return readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? filesOf(path) : [path];
    });
}

export function packed(): Plugin {
    let folder = 'dist';
    return {
        name: 'packed',
        apply: 'build',
        configResolved(config) {
            folder = config.build.outDir;
        },
        closeBundle() {
            for (const path of filesOf(folder).filter((file) => kinds.test(file))) {
                const plain = readFileSync(path);
                writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
                writeFileSync(
                    `${path}.br`,
                    brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
                );
            }
        },
    };
}
