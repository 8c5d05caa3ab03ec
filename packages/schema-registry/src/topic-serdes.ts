import type { Serde, WallClock } from '@strata/pipeline';
import { SerdeFault } from '@strata/pipeline';
import avro from 'avsc';
import { type AvroGuard, avroGuard } from './avro-guard.ts';
import { inLanes } from './in-lanes.ts';
import { schemaAbsent, valueUnfit } from './registry-faults.ts';
import type { SchemaSource } from './schema-source.ts';
import { recordName, type TopicSchema } from './topic-schema.ts';

/** A record by the full name of its schema. */
export interface NamedBody {
  readonly name: string;
  readonly body: unknown;
}

/** Synchronous once prepared: no promise per record. */
export interface TopicSerde extends Serde<NamedBody> {
  /**
   * Fetches the writers' schemas that these values name and that are not known yet. To be awaited
   * before a batch is decoded. Throws only when the registry does not answer; an id that it does
   * not hold is left to `decode`.
   */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
}

export interface TopicSerdesOptions {
  readonly source: SchemaSource;
  readonly schemas: readonly TopicSchema[];
  readonly clock: WallClock;
  /** Topics whose bytes come from outside: they are walked before they are decoded. */
  readonly untrusted?: readonly string[];
}

const MAGIC_BYTE = 0;
const HEADER_BYTES = 5;
const SCRATCH_BYTES = 65_536;
/**
 * A producer may register while its first records are on their way: after this long an unknown id
 * is asked for again.
 */
const UNKNOWN_ID_MS = 5_000;

/** Whether a value begins as Confluent's framing does. JSON never does. */
export function isFramed(value: Uint8Array): boolean {
  return value[0] === MAGIC_BYTE;
}

/**
 * The writer's schema id of a framed value, null where it has none: it is too short, or says a
 * number below zero, which no registry gives and no dead letter could hold.
 */
export function schemaIdOf(value: Uint8Array): number | null {
  if (value.length < HEADER_BYTES || value[0] !== MAGIC_BYTE) return null;
  const id = asBuffer(value).readInt32BE(1);
  return id < 0 ? null : id;
}

interface Writer {
  readonly id: number;
  readonly type: avro.Type;
  readonly text: string;
}

interface Reader {
  readonly name: string;
  readonly type: avro.Type;
  /** Absent where the writer is this very version. */
  readonly resolver: avro.Resolver | undefined;
  readonly guard: AvroGuard | null;
}

/**
 * Looks up the ids under which the schemas are registered, and fails where one is absent: a service
 * does not start with a schema that its readers cannot find.
 */
export async function openTopicSerdes(
  options: TopicSerdesOptions,
): Promise<(topic: string) => TopicSerde> {
  const { source, schemas, clock, untrusted = [] } = options;
  const ids = await Promise.all(schemas.map(({ subject, text }) => source.idOf(subject, text)));
  const absent = schemas.filter((_, index) => ids[index] === null).map(({ subject }) => subject);
  if (absent.length > 0) throw schemaAbsent(absent);
  const topics = new Map<string, Map<string, Writer>>();
  schemas.forEach(({ topic, name, text }, index) => {
    const writers = topics.get(topic) ?? new Map<string, Writer>();
    writers.set(name, { id: ids[index] as number, type: typeOf(text), text });
    topics.set(topic, writers);
  });
  const serdes = new Map<string, TopicSerde>();
  for (const [topic, writers] of topics) {
    const isUntrusted = untrusted.includes(topic);
    serdes.set(topic, new RegistrySerde({ topic, writers, source, clock, isUntrusted }));
  }
  return (topic) => {
    const serde = serdes.get(topic);
    if (serde === undefined) throw new TypeError(`Broken invariant: ${topic} has schemas`);
    return serde;
  };
}

class RegistrySerde implements TopicSerde {
  readonly #topic: string;
  readonly #writers: ReadonlyMap<string, Writer>;
  readonly #source: SchemaSource;
  readonly #clock: WallClock;
  readonly #isUntrusted: boolean;
  readonly #readers = new Map<number, Reader>();
  /** Until when an id counts as unknown, without asking again. */
  readonly #unknownUntil = new Map<number, number>();
  #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);

  constructor(settings: {
    readonly topic: string;
    readonly writers: ReadonlyMap<string, Writer>;
    readonly source: SchemaSource;
    readonly clock: WallClock;
    readonly isUntrusted: boolean;
  }) {
    this.#topic = settings.topic;
    this.#writers = settings.writers;
    this.#source = settings.source;
    this.#clock = settings.clock;
    this.#isUntrusted = settings.isUntrusted;
    for (const [name, { id, type, text }] of this.#writers) {
      const guard = this.#isUntrusted ? avroGuard(text) : null;
      this.#readers.set(id, { name, type, resolver: undefined, guard });
    }
  }

  encode({ name, body }: NamedBody): Uint8Array {
    const writer = this.#writers.get(name);
    if (writer === undefined) throw new TypeError(`Broken invariant: ${this.#topic} takes ${name}`);
    let end = this.#write(writer, body);
    if (end < 0) {
      // avsc answers how much is missing, as a negative number.
      this.#scratch = Buffer.allocUnsafe((this.#scratch.length - end) * 2);
      end = this.#write(writer, body);
    }
    this.#scratch[0] = MAGIC_BYTE;
    this.#scratch.writeUInt32BE(writer.id, 1);
    return Buffer.from(this.#scratch.subarray(0, end));
  }

  #write({ type }: Writer, body: unknown): number {
    try {
      return type.encode(body, this.#scratch, HEADER_BYTES);
    } catch {
      // avsc's message shows the value.
      const paths: string[] = [];
      type.isValid(body, { errorHook: (path) => paths.push(path.join('.')) });
      throw valueUnfit(String(type.name), paths);
    }
  }

  async prepare(values: Iterable<Uint8Array | null>): Promise<void> {
    const wanted = new Set<number>();
    for (const value of values) {
      const id = value === null ? null : schemaIdOf(value);
      if (id !== null && !this.#readers.has(id) && !this.#isKnownUnknown(id)) wanted.add(id);
    }
    if (wanted.size === 0) return;
    this.#forgetOldest();
    await inLanes(wanted, async (id) => {
      const reader = readerOf(await this.#source.schemaOf(id), this.#writers, this.#isUntrusted);
      if (reader === null) this.#unknownUntil.set(id, this.#clock.nowMs() + UNKNOWN_ID_MS);
      else this.#readers.set(id, reader);
    });
  }

  /** Bytes that are no Avro name ever new ids: what is known of them must not fill the memory. */
  #forgetOldest(): void {
    const now = this.#clock.nowMs();
    for (const [id, until] of this.#unknownUntil) {
      if (until > now) return;
      this.#unknownUntil.delete(id);
    }
  }

  #isKnownUnknown(id: number): boolean {
    return this.#clock.nowMs() < (this.#unknownUntil.get(id) ?? 0);
  }

  decode(bytes: Uint8Array): NamedBody {
    const id = schemaIdOf(bytes);
    if (id === null) {
      throw new SerdeFault('bad-avro', 'The value has no magic byte, or no schema id behind it.');
    }
    const reader = this.#readers.get(id);
    if (reader === undefined) {
      throw new SerdeFault('unknown-schema', `No schema with id ${id} fits ${this.#topic}.`);
    }
    reader.guard?.(bytes, HEADER_BYTES);
    try {
      const body: unknown = reader.type.fromBuffer(
        asBuffer(bytes).subarray(HEADER_BYTES),
        reader.resolver,
      );
      return { name: reader.name, body };
    } catch {
      // The cause is not kept: avsc's message may show a value.
      throw new SerdeFault('bad-avro', `The bytes do not fit schema ${id}.`);
    }
  }
}

/**
 * The reader of a writer's schema: ours with the same record name, resolved once. Null where none
 * fits.
 */
function readerOf(
  text: string | null,
  ours: ReadonlyMap<string, Writer>,
  isUntrusted: boolean,
): Reader | null {
  if (text === null) return null;
  try {
    const name = recordName(text);
    const reader = ours.get(name);
    if (reader === undefined) return null;
    const resolver = reader.type.createResolver(typeOf(text));
    return { name, type: reader.type, resolver, guard: isUntrusted ? avroGuard(text) : null };
  } catch {
    // No Avro, or of a shape that ours cannot be read from: the same to us as not registered.
    return null;
  }
}

function typeOf(text: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(text) as avro.Schema);
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
