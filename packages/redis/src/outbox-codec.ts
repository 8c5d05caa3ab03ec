import type { OutboxEntry } from '@strata/pipeline';
import type { ScriptArgument } from './shard-scripts.ts';

const HEADER = 'h:';

/** A view of the same bytes: ioredis wants a Buffer. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Stream fields of an entry. A null key or value is a field left out, which an empty one is not. */
export function outboxFields(entry: OutboxEntry): ScriptArgument[] {
  const fields: ScriptArgument[] = ['topic', entry.topic, 'seq', entry.seq];
  if (entry.key !== null) fields.push('key', toBuffer(entry.key));
  if (entry.value !== null) fields.push('value', toBuffer(entry.value));
  for (const [name, bytes] of Object.entries(entry.headers)) {
    fields.push(HEADER + name, toBuffer(bytes));
  }
  return fields;
}

/** One item of an XRANGE reply: stream id and a flat list of fields. */
export function outboxEntry([id, fields]: [Buffer, Buffer[]]): OutboxEntry {
  let topic = '';
  let seq = 0;
  let key: Uint8Array | null = null;
  let value: Uint8Array | null = null;
  const headers: Record<string, Uint8Array> = {};
  for (const [name, bytes] of pairs(fields)) {
    if (name === 'topic') topic = bytes.toString();
    else if (name === 'seq') seq = Number(bytes.toString());
    else if (name === 'key') key = bytes;
    else if (name === 'value') value = bytes;
    else if (name.startsWith(HEADER)) headers[name.slice(HEADER.length)] = bytes;
  }
  return { position: Number.parseInt(id.toString(), 10), topic, seq, key, value, headers };
}

/** Walks a flat list of names and values. */
export function* pairs(flat: readonly Buffer[]): Generator<[name: string, bytes: Buffer]> {
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at];
    const bytes = flat[at + 1];
    if (name !== undefined && bytes !== undefined) yield [name.toString(), bytes];
  }
}
