import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CustomerState } from '@strata/domain';
import type { Kept } from '@strata/shard-state';
import { decodeCustomer, encodeCustomer } from '@strata/state-codec';

const CHUNK_BYTES = 1_048_576;
/** Length of the id, length of the state. */
const HEAD_BYTES = 8;

type Customer = readonly [customerId: string, state: CustomerState];

/** One partition in the spool. */
export interface SpooledPartition {
  readonly size: number;
  /** In no order, as often as it is asked for. */
  customers(): Generator<Customer>;
}

/**
 * Customers that are looked at several times and would not all fit into memory: in a file that has no name any more once it
 * is open, so nothing of them is left behind, however this process ends.
 */
export class StateSpool {
  readonly #file: number;
  #end = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'strata-spool-'));
    this.#file = openSync(join(folder, 'states'), 'wx+', 0o600);
    rmSync(folder, { recursive: true });
  }

  /** One at a time: the next one begins where this one was sealed. */
  begin(): SpoolWriter {
    return new SpoolWriter(this.#file, this.#end, (end) => {
      this.#end = end;
    });
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Takes down a partition. Who comes again leaves a gap behind; who is where is forgotten once it is sealed. */
class SpoolWriter implements Kept {
  readonly #file: number;
  readonly #from: number;
  readonly #onSealed: (end: number) => void;
  readonly #places = new Map<string, number>();
  readonly #gaps = new Set<number>();
  #chunk: Buffer[] = [];
  #chunkBytes = 0;
  #end: number;

  constructor(file: number, from: number, onSealed: (end: number) => void) {
    this.#file = file;
    this.#from = from;
    this.#end = from;
    this.#onSealed = onSealed;
  }

  get size(): number {
    return this.#places.size;
  }

  put(customerId: string, state: CustomerState | null): void {
    const former = this.#places.get(customerId);
    if (former !== undefined) this.#gaps.add(former);
    this.#places.delete(customerId);
    if (state === null) return;
    this.#places.set(customerId, this.#end);
    const id = Buffer.from(customerId);
    const value = encodeCustomer(state);
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    head.writeUInt32LE(id.length, 0);
    head.writeUInt32LE(value.length, 4);
    this.#chunk.push(head, id, Buffer.from(value));
    const bytes = HEAD_BYTES + id.length + value.length;
    this.#chunkBytes += bytes;
    this.#end += bytes;
    if (this.#chunkBytes >= CHUNK_BYTES) this.#write();
  }

  clear(): void {
    this.#places.clear();
    this.#gaps.clear();
    this.#chunk = [];
    this.#chunkBytes = 0;
    this.#end = this.#from;
    ftruncateSync(this.#file, this.#from);
  }

  seal(): SpooledPartition {
    this.#write();
    this.#onSealed(this.#end);
    const { size } = this;
    this.#places.clear();
    const range = { file: this.#file, from: this.#from, to: this.#end };
    const gaps: ReadonlySet<number> = this.#gaps;
    return { size, customers: () => readRange(range, gaps) };
  }

  #write(): void {
    const bytes = Buffer.concat(this.#chunk);
    let at = this.#end - this.#chunkBytes;
    for (let done = 0; done < bytes.length; ) {
      const written = writeSync(this.#file, bytes, done, bytes.length - done, at);
      done += written;
      at += written;
    }
    this.#chunk = [];
    this.#chunkBytes = 0;
  }
}

function* readRange(
  range: { readonly file: number; readonly from: number; readonly to: number },
  gaps: ReadonlySet<number>,
): Generator<Customer> {
  let chunk: Buffer = Buffer.alloc(0);
  /** Where in the file the chunk begins. */
  let base = range.from;
  const need = (at: number, bytes: number): Buffer => {
    if (at + bytes > base + chunk.length) {
      const wanted = Math.min(Math.max(bytes, CHUNK_BYTES), range.to - at);
      chunk = readFully(range.file, at, wanted);
      base = at;
    }
    return chunk.subarray(at - base, at - base + bytes);
  };
  for (let at = range.from; at < range.to; ) {
    const head = need(at, HEAD_BYTES);
    const [idBytes, stateBytes] = [head.readUInt32LE(0), head.readUInt32LE(4)];
    const bytes = HEAD_BYTES + idBytes + stateBytes;
    if (!gaps.has(at)) {
      const record = need(at, bytes);
      const customerId = record.toString('utf8', HEAD_BYTES, HEAD_BYTES + idBytes);
      yield [customerId, decodeCustomer(record.subarray(HEAD_BYTES + idBytes))];
    }
    at += bytes;
  }
}

function readFully(file: number, from: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let done = 0; done < bytes; ) {
    const read = readSync(file, buffer, done, bytes - done, from + done);
    if (read === 0) throw new TypeError('the spool ends before its last customer');
    done += read;
  }
  return buffer;
}
