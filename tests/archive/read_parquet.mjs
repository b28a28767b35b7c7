// A reader of the sealed files that shares nothing with the program: another Parquet library, another
// SHA-256, another Ed25519. Reads a data folder as it lies, walks the chain through every event, checks
// each day's signature and the digests of heads.txt, and prints what it found as one line of JSON.
//   node tests/archive/read_parquet.mjs DATA_FOLDER
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetMetadata, parquetReadObjects } from '../../ui/node_modules/hyparquet/src/index.js'
import { compressors } from '../../ui/node_modules/hyparquet-compressors/src/index.js'

const data = process.argv[2]
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const fail = (what) => { throw new Error(what) }

// A raw Ed25519 key as the library wants it: the fixed header of SubjectPublicKeyInfo before it.
const rawKey = Buffer.from(readFileSync(join(data, 'keys/device.pub'), 'utf8').trim(), 'hex')
const key = createPublicKey({
  key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), rawKey]), format: 'der', type: 'spki',
})

const rowsOf = {}
const seals = []
const gone = new Set()
let before = ''
let entry = ''
for (const line of readFileSync(join(data, 'heads.txt'), 'utf8').split('\n').filter(Boolean)) {
  const [kind, name, ...words] = line.split(' ')
  if (kind === 'sign') {
    verify(null, Buffer.from(before + '\n' + entry), key, Buffer.from(name, 'hex')) || fail(`signature of ${entry}`)
    before = name
    entry = ''
    continue
  }
  entry += line + '\n'
  const said = Object.fromEntries(words.map((word) => word.split('=')))
  if (kind === 'seal') seals.push({ day: name, ...said, files: [] })
  if (kind === 'gone') gone.add(name)
  if (kind === 'file') seals.at(-1).files.push({ path: name, ...said })
}

let head = Buffer.alloc(32)
let last = 0
for (const seal of seals) {
  for (const { path, rows, sha256: digest } of seal.files) {
    if (gone.has(path)) continue
    const bytes = readFileSync(join(data, 'parquet', path))
    sha256(bytes).toString('hex') === digest || fail(`${path}: another digest`)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    const said = Object.fromEntries(parquetMetadata(file).key_value_metadata.map(({ key, value }) => [key, value]))
    const statement = `bitgridai day head\n${seal.day}\n${seal.first}\n${seal.last}\n${seal.head}\n`
    verify(null, Buffer.from(statement), key, Buffer.from(said.bitgrid_head_signature, 'hex')) ||
      fail(`${path}: signature of the day's head`)
    const found = await parquetReadObjects({ file, compressors })
    found.length === Number(rows) || fail(`${path}: ${found.length} rows`)
    const dataset = path.split('/')[0]
    rowsOf[dataset] = (rowsOf[dataset] ?? 0) + found.length
    if (dataset !== 'events') continue
    for (const event of found) {
      Number(event.seq) === ++last || fail(`event ${last} is missing`)
      head = sha256(head, event.canonical)
      event.hash === head.toString('hex') || fail(`event ${last}: another hash`)
      JSON.parse(event.canonical).type === event.type || fail(`event ${last}: another type`)
    }
  }
  head.toString('hex') === seal.head || fail(`${seal.day}: another head`)
}
console.log(JSON.stringify({ rows: rowsOf, last, head: head.toString('hex') }))
