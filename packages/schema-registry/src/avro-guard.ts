import { isUtf8 } from 'node:buffer';
import { SerdeFault } from '@strata/pipeline';

/**
 * Walks Avro bytes by their writer's schema before a decoder sees them. avsc trusts counts and
 * lengths: ten bytes that promise 2^40 items make it build them, and a negative length sends it
 * backwards. It also puts a replacement character for bytes that are no text, which would make one
 * of two ids, and sets a prototype by a key of a map. Every step here is bounded by the bytes that
 * are there. For bytes that came from outside; our own logs are not walked.
 */
export type AvroGuard = (bytes: Uint8Array, from: number) => void;

interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
  depth: number;
}

type Walk = (cursor: Cursor) => void;
type SchemaNode = string | readonly SchemaNode[] | Readonly<Record<string, unknown>>;

const DEPTH_MAX = 32;
const LONG_BYTES_MAX = 10;
const UNSAFE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];
const FIXED_BYTES: Readonly<Record<string, number>> = { null: 0, boolean: 1, float: 4, double: 8 };

/** Builds the guard of a schema; throws where the text is no Avro schema. */
export function avroGuard(text: string): AvroGuard {
  const walk = compile(JSON.parse(text) as SchemaNode, '', new Map());
  return (bytes, from) => {
    const cursor: Cursor = { bytes, position: from, depth: 0 };
    walk(cursor);
    if (cursor.position !== bytes.length) throw broken('bytes are left over');
  };
}

function compile(node: SchemaNode, namespace: string, named: Map<string, Walk>): Walk {
  if (typeof node === 'string') return primitive(node) ?? reference(node, namespace, named);
  if (isList(node)) return union(node.map((branch) => compile(branch, namespace, named)));
  const kind = node['type'];
  if (typeof kind !== 'string') return compile(kind as SchemaNode, namespace, named);
  if (kind === 'array') return blocks(compile(node['items'] as SchemaNode, namespace, named));
  if (kind === 'map') {
    const value = compile(node['values'] as SchemaNode, namespace, named);
    return blocks((cursor) => {
      mapKey(cursor);
      value(cursor);
    });
  }
  if (kind === 'enum' || kind === 'fixed' || kind === 'record' || kind === 'error') {
    return definition(node, namespace, named);
  }
  return compile(kind, namespace, named);
}

function definition(
  node: Readonly<Record<string, unknown>>,
  outer: string,
  named: Map<string, Walk>,
): Walk {
  const { name, namespace: own = outer } = node as { name: string; namespace?: string };
  const full = name.includes('.') || own === '' ? name : `${own}.${name}`;
  const namespace = full.includes('.') ? full.slice(0, full.lastIndexOf('.')) : '';
  if (node['type'] === 'enum') return named.set(full, skipLong).get(full) as Walk;
  if (node['type'] === 'fixed') {
    const size = Number(node['size']);
    return named.set(full, (cursor) => advance(cursor, size)).get(full) as Walk;
  }
  let walks: readonly Walk[] = [];
  const walk: Walk = (cursor) => {
    cursor.depth += 1;
    if (cursor.depth > DEPTH_MAX) throw broken('records are nested too deeply');
    for (const field of walks) field(cursor);
    cursor.depth -= 1;
  };
  // Named before its fields are compiled: a record may hold itself.
  named.set(full, walk);
  const fields = node['fields'] as readonly Readonly<Record<string, unknown>>[];
  walks = fields.map((field) => compile(field['type'] as SchemaNode, namespace, named));
  return walk;
}

function primitive(name: string): Walk | null {
  if (name === 'int' || name === 'long') return exactLong;
  if (name === 'string') return utf8;
  if (name === 'bytes') return skipLength;
  const size = FIXED_BYTES[name];
  return size === undefined ? null : (cursor) => advance(cursor, size);
}

function reference(name: string, namespace: string, named: Map<string, Walk>): Walk {
  const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
  const walk = named.get(full) ?? named.get(name);
  if (walk === undefined) throw new SerdeFault('unknown-schema', 'The schema names no known type.');
  return walk;
}

function union(branches: readonly Walk[]): Walk {
  return (cursor) => {
    const branch = branches[readLong(cursor)];
    if (branch === undefined) throw broken('a union has no such branch');
    branch(cursor);
  };
}

/**
 * No item may be counted that has not a byte left for it. Items without bytes (null) are counted
 * alike.
 */
function blocks(item: Walk): Walk {
  return (cursor) => {
    for (;;) {
      let count = readLong(cursor);
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        skipLong(cursor);
      }
      if (count > cursor.bytes.length - cursor.position) throw broken('a count is too large');
      for (let i = 0; i < count; i += 1) item(cursor);
    }
  };
}

function skipLength(cursor: Cursor): void {
  const length = readLong(cursor);
  if (length < 0) throw broken('a length is negative');
  advance(cursor, length);
}

function utf8(cursor: Cursor): void {
  takeText(cursor);
}

/** Answers where the text begins. */
function takeText(cursor: Cursor): number {
  const { bytes } = cursor;
  const length = readLong(cursor);
  const from = cursor.position;
  if (length < 0) throw broken('a length is negative');
  advance(cursor, length);
  for (let at = from; at < cursor.position; at += 1) {
    // Nearly all text is ASCII, which needs no call.
    if ((bytes[at] ?? 0) < 0x80) continue;
    if (isUtf8(bytes.subarray(at, cursor.position))) break;
    throw new SerdeFault('not-utf8', 'A text in the Avro bytes is not valid UTF-8.');
  }
  return from;
}

function mapKey(cursor: Cursor): void {
  const from = takeText(cursor);
  const name = String.fromCharCode(
    ...cursor.bytes.subarray(from, Math.min(from + 16, cursor.position)),
  );
  if (UNSAFE_KEYS.includes(name)) {
    throw new SerdeFault('unsafe-key', `${name} is not allowed as a name.`);
  }
}

/** Neighbours fall together beyond, and the decoder refuses the last of the exact ones, too. */
function exactLong(cursor: Cursor): void {
  if (Math.abs(readLong(cursor)) >= Number.MAX_SAFE_INTEGER) {
    throw new SerdeFault('unsafe-number', 'A number in the Avro bytes is too large to be exact.');
  }
}

function skipLong(cursor: Cursor): void {
  readLong(cursor);
}

/** Exact as far as counts, lengths and branches need it; a larger one only has to stay larger. */
function readLong(cursor: Cursor): number {
  let value = 0;
  for (let i = 0; i < LONG_BYTES_MAX; i += 1) {
    const byte = cursor.bytes[cursor.position];
    if (byte === undefined) throw broken('the bytes end too early');
    cursor.position += 1;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw broken('a number is too long');
}

function advance(cursor: Cursor, size: number): void {
  cursor.position += size;
  if (cursor.position > cursor.bytes.length) throw broken('the bytes end too early');
}

function isList(node: SchemaNode): node is readonly SchemaNode[] {
  return Array.isArray(node);
}

function broken(what: string): SerdeFault {
  return new SerdeFault('bad-avro', `The bytes do not fit their Avro schema: ${what}.`);
}
