// Turns schemas/ into the page's types: one file for each schema, so that no two names meet. Knows the words that
// these schemas use and fails on any other, so that nothing is left out unseen.
type Json = boolean | number | string | null | Json[] | { [key: string]: Json };
type Schema = { [word: string]: Json };

const header = (name: string) => `// Written by \`npm run types\` from schemas/${name}.schema.json: change it there.\n`;

// What a type cannot say: ranges and lengths are the daemon's to keep.
const unsaid = new Set(['$schema', '$id', '$comment', '$defs', 'title', 'description', 'format', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties']);
const plain: Record<string, string> = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null', object: 'Record<string, unknown>', array: 'unknown[]' };

export const pascal = (name: string) => name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

const union = (types: string[]) => [...new Set(types)].join(' | ');
const isSchema = (value: Json | undefined): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

class Writer {
    /** Other schemas that this one speaks of. */
    readonly others = new Set<string>();

    constructor(private readonly name: string) {}

    type(schema: Schema, indent = ''): string {
        for (const word of Object.keys(schema))
            if (!unsaid.has(word) && !['type', 'properties', 'required', 'additionalProperties', 'items', 'prefixItems', 'enum', 'const', 'anyOf', 'oneOf', '$ref'].includes(word))
                throw new Error(`${this.name}: no type is known for "${word}"`);
        if (typeof schema['$ref'] === 'string') return this.reference(schema['$ref']);
        if ('const' in schema) return this.literal(schema['const']);
        if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value) => this.literal(value)));
        const choices = schema['anyOf'] ?? schema['oneOf'];
        if (Array.isArray(choices)) return union((choices as Schema[]).map((choice) => this.type(choice, indent)));
        if (Array.isArray(schema['prefixItems'])) return `[${(schema['prefixItems'] as Schema[]).map((item) => this.type(item, indent)).join(', ')}]`;
        if (isSchema(schema['properties'])) return this.object(schema, indent);
        if (isSchema(schema['items'])) return this.list(this.type(schema['items'], indent));
        if (isSchema(schema['additionalProperties'])) return `Record<string, ${this.type(schema['additionalProperties'], indent)}>`;
        return union([schema['type'] ?? null].flat().map((one) => plain[String(one)] ?? this.unknown(one)));
    }

    members(schema: Schema, indent: string): string {
        const required = (schema['required'] ?? []) as string[];
        return Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
            .map(([key, value]) => {
                const inner = `${indent}    `;
                return `${comment(value, inner)}${inner}${key}${required.includes(key) ? '' : '?'}: ${this.type(value, inner)};\n`;
            })
            .join('');
    }

    private object(schema: Schema, indent: string): string {
        if (schema['additionalProperties'] !== false) throw new Error(`${this.name}: an object that is open to unknown keys`);
        return `{\n${this.members(schema, indent)}${indent}}`;
    }
    private reference(to: string): string {
        const [, file = '', definition = ''] = /^(?:(\w+)\.schema\.json)?(?:#\/\$defs\/(\w+))?$/.exec(to) ?? this.unknown(to);
        const type = pascal(definition || file || this.name);
        if (!file || file === this.name) return type;
        this.others.add(file);
        return `${file}.${type}`;
    }
    private list = (item: string) => (/^[\w.]+$/.test(item) ? `${item}[]` : `(${item})[]`);
    private literal(value: Json | undefined): string {
        if (typeof value === 'string') return `'${value}'`;
        return value === null || typeof value === 'boolean' || typeof value === 'number' ? String(value) : this.unknown(value);
    }
    private unknown(what: Json | undefined): never {
        throw new Error(`${this.name}: no type is known for ${JSON.stringify(what)}`);
    }
}

const comment = (schema: Schema, indent: string) => (typeof schema['description'] === 'string' ? `${indent}/** ${schema['description']} */\n` : '');

function declaration(writer: Writer, name: string, schema: Schema): string {
    const head = `${comment(schema, '')}export `;
    if (isSchema(schema['properties']) && schema['additionalProperties'] === false) return `${head}interface ${name} {\n${writer.members(schema, '')}}\n`;
    return `${head}type ${name} = ${writer.type(schema)};\n`;
}

/** The types of one schema as TypeScript. `name`: the schema's file without its ending. */
export function typesOf(name: string, schema: Schema): string {
    const writer = new Writer(name);
    const definitions = Object.entries((schema['$defs'] ?? {}) as Record<string, Schema>);
    const has = (word: string) => word in schema;
    const whole = ['properties', 'oneOf', 'anyOf'].some(has) ? [[name, schema] as const] : [];
    const types = [...whole, ...definitions].map(([one, of]) => declaration(writer, pascal(one), of));
    const names = [...whole, ...definitions].map(([one]) => pascal(one));
    if (new Set(names).size < names.length) throw new Error(`${name}: two types of one name`);
    const imports = [...writer.others].sort().map((other) => `import type * as ${other} from './${other}.ts';\n`);
    return [header(name) + imports.join(''), ...types].join('\n');
}
