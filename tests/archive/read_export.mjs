// A reader of an unpacked export that shares nothing with the program: another Parquet library, another SHA-256,
// another Ed25519. Checks signature and digests, then prints the counts as one line of JSON and each row as another.
//   node tests/archive/read_export.mjs FOLDER
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from '../../ui/node_modules/hyparquet/src/index.js'
import { compressors } from '../../ui/node_modules/hyparquet-compressors/src/index.js'

const folder = process.argv[2]
const fail = (what) => { throw new Error(what) }
const text = readFileSync(join(folder, 'manifest.json'))
const manifest = JSON.parse(text)
// A raw Ed25519 key as the library wants it: the fixed header of SubjectPublicKeyInfo before it.
const key = createPublicKey({
  key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(manifest.key, 'hex')]),
  format: 'der', type: 'spki',
})
const signature = Buffer.from(readFileSync(join(folder, 'manifest.sig'), 'utf8').trim(), 'hex')
verify(null, text, key, signature) || fail('the signature of manifest.json')

const counts = {}
const lines = []
for (const { path, dataset, rows, bytes, sha256 } of manifest.files) {
  const content = readFileSync(join(folder, path))
  content.length === bytes || fail(`${path}: ${content.length} bytes`)
  createHash('sha256').update(content).digest('hex') === sha256 || fail(`${path}: another digest`)
  if (dataset === 'config') continue
  const file = content.buffer.slice(content.byteOffset, content.byteOffset + content.length)
  const found = await parquetReadObjects({ file, compressors })
  found.length === rows || fail(`${path}: ${found.length} rows`)
  counts[dataset] = (counts[dataset] ?? 0) + rows
  for (const { inputs, ...row } of found)
    lines.push(JSON.stringify({ dataset, ...row }, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
}
console.log(JSON.stringify(counts))
console.log(lines.join('\n'))
