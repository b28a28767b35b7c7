#!/usr/bin/env node
// What a build is made of: a bill of materials in CycloneDX 1.5, from what the packages on this machine say of
// themselves (dpkg, their copyright files, the page's lock file, the pinned DuckDB), never from memory.
//   scripts/write_sbom.mjs --version V --duckdb FOLDER [--json FILE] [--cpp FILE] [--page FILE [--check]]
//     --json   the bill;  --cpp: the same, to be compiled in;  --page: docs/reference/dependencies.md
//     --check  writes nothing, and fails where the page says something else
// Where there is no dpkg, libraries stand there with their file names alone. SOURCE_DATE_EPOCH is the time.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const tree = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: options } = parseArgs({ options: {
    version: { type: 'string' }, duckdb: { type: 'string' }, json: { type: 'string' }, cpp: { type: 'string' },
    page: { type: 'string' }, check: { type: 'boolean' } } });
const known = JSON.parse(readFileSync(join(tree, 'scripts/dependencies.json'), 'utf8'));

function run(program, ...words) {
    try {
        return execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 27, stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
        return '';
    }
}
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// The words of Debian's copyright files in those of SPDX; others are kept as a name.
const spdx = { 'Expat': 'MIT', 'Apache-2.0': 'Apache-2.0', 'BSD-2-clause': 'BSD-2-Clause', 'BSD-3-clause': 'BSD-3-Clause',
    'BSD-3-Clause': 'BSD-3-Clause', 'BSL-1.0': 'BSL-1.0', 'ISC': 'ISC', 'MIT': 'MIT', 'X11': 'X11', 'Zlib': 'Zlib',
    'curl': 'curl', 'LGPL-2.1+': 'LGPL-2.1-or-later', 'LGPL-3+': 'LGPL-3.0-or-later', 'GPL-2+': 'GPL-2.0-or-later',
    'GPL-3+': 'GPL-3.0-or-later', 'LGPL-2+': 'LGPL-2.0-or-later' };
const spdx_ids = new Set([...Object.values(spdx), ...Object.values(known.licences_where_the_package_states_none)]);
function licence_of(word) {
    if (!word) return [];
    if (/ WITH /.test(word)) return [{ expression: word }];
    return [{ license: spdx[word] || spdx_ids.has(word) ? { id: spdx[word] ?? word } : { name: word } }];
}

function debian_licence(name) {
    const stated = known.licences_where_the_package_states_none[name];
    if (stated) return stated;
    const path = `/usr/share/doc/${name}/copyright`;
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (!/^Format:/m.test(text)) return undefined;
    const stanza = text.split(/\n\s*\n/).find((part) => /^Files:\s*\*\s*(\n|$)/m.test(part)) ?? text;
    return /^License:\s*(\S.*)$/m.exec(stanza)?.[1].trim();
}

// Which package a file is of: asked once for all, because each question takes dpkg a second.
const owners = new Map(run('dpkg-query', '-S', '*.so*', ...Object.keys(known.headers).map((h) => `/usr/include/${h}`),
    '/usr/share/zoneinfo/Europe/Berlin').split('\n')
    .map((line) => /^([^:, ]+)[^ ]*: (.*)$/.exec(line)).filter(Boolean).map(([, name, path]) => [path, name]));
const installed = new Map(run('dpkg-query', '-W', '-f',
    '${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\t${Homepage}\\n')
    .split('\n').map((line) => line.split('\t')).map(([name, ...rest]) => [name, rest]));

const packages = new Map();
function debian_package(file) {
    const real = existsSync(file) ? realpathSync(file) : file;
    const name = owners.get(real) ?? owners.get(real.replace(/^\/usr/, '')) ?? owners.get('/usr' + real);
    return name && describe_package(name);
}
function describe_package(name) {
    if (packages.has(name)) return packages.get(name);
    const [version, arch, source, source_version, home] = installed.get(name);
    const entry = { type: 'library', name, version, 'bom-ref': `pkg:deb/debian/${name}@${version}?arch=${arch}`,
        purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}`,
        licenses: licence_of(debian_licence(name)),
        externalReferences: home ? [{ type: 'website', url: home }] : [],
        properties: [{ name: 'bitgrid:source', value: `${source} ${source_version}` }], needs: new Set() };
    packages.set(name, entry);
    return entry;
}
function library(file) {
    const found = run('g++', `-print-file-name=${file}`).trim();
    return found.startsWith('/') ? realpathSync(found) : file;
}
const needed = (path) => [...run('readelf', '-d', path).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((m) => m[1]);
const soname = (path) => /\(SONAME\).*\[(.+)\]/.exec(run('readelf', '-d', path))?.[1];

// A library and all that it brings along; returns its package.
const seen = new Map();
function walk(file) {
    const path = library(file);
    if (seen.has(path)) return seen.get(path);
    const entry = debian_package(path) ?? unpackaged(file);
    seen.set(path, entry);
    const name = soname(path) ?? file;
    if (!entry.properties.some((p) => p.value === name)) entry.properties.push({ name: 'bitgrid:file', value: name });
    for (const next of needed(path)) {
        if (next.startsWith('ld-linux')) continue;
        const other = walk(next);
        if (other !== entry) entry.needs.add(other['bom-ref']);
    }
    return entry;
}
function unpackaged(name) {
    if (!packages.has(name)) {
        packages.set(name, { type: 'library', name, 'bom-ref': name, licenses: [], externalReferences: [],
            properties: [], needs: new Set() });
    }
    return packages.get(name);
}
function mark(entry, purpose, how) {
    entry.purposes = [...new Set([...(entry.purposes ?? []), purpose])];
    entry.how = how;
    return entry;
}

function duckdb() {
    const recipe = readFileSync(join(tree, 'cmake/duckdb.cmake'), 'utf8');
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    const [, name, version, digest] = new RegExp(
        `(@duckdb/node-bindings-linux-${arch})@(\\S+)\\)\\s+set\\(duckdb_library_sha512 (\\w+)`).exec(recipe);
    const file = join(options.duckdb ?? '', 'libduckdb.so');
    const hashes = existsSync(file) ? [{ alg: 'SHA-256', content: sha256(readFileSync(file)) }] : [];
    const url = `https://registry.npmjs.org/${name}/-/${name.split('/')[1]}-${version}.tgz`;
    return mark({ type: 'library', name: 'libduckdb', version, 'bom-ref': `pkg:npm/${name}@${version}`,
        purl: `pkg:npm/${name.replace('@', '%40')}@${version}`, licenses: [{ license: { id: 'MIT' } }], hashes,
        externalReferences: [{ type: 'website', url: 'https://duckdb.org' },
            { type: 'distribution', url, hashes: [{ alg: 'SHA-512', content: digest }] }],
        properties: [{ name: 'bitgrid:file', value: 'libduckdb.so' }], needs: new Set() },
    'sealed days as Parquet files', 'loaded by `bitgrid` alone, from its makers');
}
function page_part([name, purpose]) {
    const entry = JSON.parse(readFileSync(join(tree, 'ui/package-lock.json'), 'utf8')).packages[`node_modules/${name}`];
    const [algorithm, digest] = entry.integrity.split('-');
    return mark({ type: 'library', name, version: entry.version, 'bom-ref': `pkg:npm/${name}@${entry.version}`,
        purl: `pkg:npm/${name}@${entry.version}`, licenses: licence_of(entry.license),
        externalReferences: [{ type: 'distribution', url: entry.resolved ??
            `https://registry.npmjs.org/${name}/-/${name}-${entry.version}.tgz`, hashes: [{
            alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }] }],
        properties: [], needs: new Set() }, purpose, 'compiled into the page');
}

function components() {
    const roots = Object.values(known.programs).flat()
        .map((file) => mark(walk(file), known.libraries[file], 'linked'));
    for (const [header, purpose] of Object.entries(known.headers)) {
        const entry = debian_package(`/usr/include/${header}`) ?? unpackaged(header);
        roots.push(mark(entry, purpose, entry.how ?? 'compiled in'));
    }
    roots.push(mark(debian_package('/usr/share/zoneinfo/Europe/Berlin') ?? unpackaged('tzdata'), 'time zones', 'read'));
    const others = [duckdb(), ...Object.entries(known.page).map(page_part)];
    const all = [...packages.values(), ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { all, direct: [...new Set([...roots, ...others].map((entry) => entry['bom-ref']))].sort() };
}

function bill({ all, direct }) {
    const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? Math.floor(Date.now() / 86_400_000) * 86_400);
    const shown = all.map(({ needs, purposes, how, ...entry }) => ({ ...entry,
        properties: [...entry.properties, ...(how ? [{ name: 'bitgrid:how', value: how }] : []),
            ...(purposes ?? []).map((value) => ({ name: 'bitgrid:for', value }))] }));
    const body = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
        metadata: { timestamp: new Date(seconds * 1000).toISOString().replace('.000', ''),
            component: { type: 'application', name: 'bitgrid', version: options.version, 'bom-ref': 'bitgrid',
                licenses: [{ license: { id: 'AGPL-3.0-or-later' } }] } },
        components: shown,
        dependencies: [{ ref: 'bitgrid', dependsOn: direct },
            ...all.map((entry) => ({ ref: entry['bom-ref'], dependsOn: [...entry.needs].sort() }))] };
    const digest = sha256(JSON.stringify(body));
    const uuid = [digest.slice(0, 8), digest.slice(8, 12), '5' + digest.slice(13, 16), '8' + digest.slice(17, 20),
        digest.slice(20, 32)].join('-');
    return { bomFormat: body.bomFormat, specVersion: body.specVersion, serialNumber: `urn:uuid:${uuid}`, ...body };
}

const licence_text = (entry) => entry.licenses.map((l) => l.expression ?? l.license.id ?? l.license.name).join(', ')
    || 'see its package';
function page({ all, direct }) {
    const source = (entry) => entry.purl?.startsWith('pkg:npm') ? 'npm' : 'Debian';
    const rows = all.filter((entry) => direct.includes(entry['bom-ref'])).map((entry) =>
        `| ${entry.name} | ${entry.purposes.join('; ')} | ${entry.how} | ${licence_text(entry)} | ${source(entry)} |`);
    const brought = all.filter((entry) => !direct.includes(entry['bom-ref']))
        .map((entry) => `| ${entry.name} | ${licence_text(entry)} |`);
    return `<!-- Made by scripts/write_sbom.mjs on Debian 12; do not edit. -->
# Dependencies

What the programs and the page are made of besides this tree. Versions, digests and sources of a build:
\`bitgrid version --sbom\` (CycloneDX 1.5). Names are those of the packages of Debian 12 and npm; licences are what the
packages say of themselves. Security updates of what is linked come with those of the distribution, without a new build;
what is compiled in or comes from npm needs one.

| Package | For | How | Licence | From |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## What these bring along

Loaded by them, not by us.

| Package | Licence |
| --- | --- |
${brought.join('\n')}
`;
}

function write(path, text) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
function compiled(json) {
    const lines = json.trimEnd().split('\n').map((line) => `    R"sbom(${line})sbom",`);
    return `// Made by scripts/write_sbom.mjs.
#include "app/bitgrid/bill_of_materials.hpp"

namespace bitgrid::app {
namespace {

constexpr std::string_view kLines[] = {
${lines.join('\n')}
};

}  // namespace

std::span<const std::string_view> bill_of_materials() { return kLines; }

}  // namespace bitgrid::app
`;
}

const made = components();
const json = JSON.stringify(bill(made), null, 1) + '\n';
if (options.json) write(options.json, json);
if (options.cpp) write(options.cpp, compiled(json));
if (options.page && !options.check) write(options.page, page(made));
if (options.page && options.check && readFileSync(options.page, 'utf8') !== page(made)) {
    console.error(`${options.page} is not what the packages say: run scripts/write_sbom.mjs --page ${options.page}`);
    process.exit(1);
}
if (!options.json && !options.cpp && !options.page) process.stdout.write(json);
