import { readdirSync, readFileSync } from 'node:fs';
import {
  type DeadLetterReason,
  eventToIntakeWire,
  formatRfc3339,
  INTAKE_EXAMPLES,
  readIntakeEvent,
  TOPICS,
  type WireRecord,
} from '@strata/contracts';
import type { CustomerEventType, Instant, TimeMode } from '@strata/domain';

/** The corpus of `fixtures/bad-records`, whose README says what each key means. */
export interface BadRecord {
  readonly why: string;
  readonly text?: string | readonly TextPart[];
  readonly hex?: string | null;
  readonly like?: CustomerEventType;
  readonly form?: 'avro';
  readonly with?: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly cut?: number;
  readonly more?: string;
  readonly topic?: 'purchases' | 'complaints' | 'engagements' | 'profiles' | 'links';
  readonly key?: string | { readonly hex: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly elsewhere?: true;
  readonly time?: TimeMode;
  readonly by?: 'fold';
  /** Absent where the record is corrected. */
  readonly reason?: DeadLetterReason;
  readonly field?: string;
  readonly rule?: string;
  readonly reads?: Readonly<Record<string, unknown>>;
  readonly drops?: Readonly<Record<string, number>>;
}

type TextPart = string | readonly [part: string, times: number];

const FOLDER = new URL('../../fixtures/bad-records/', import.meta.url);

export function readBadRecords(): readonly BadRecord[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson'));
  return files.toSorted().flatMap((name) =>
    readFileSync(new URL(name, FOLDER), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as BadRecord),
  );
}

/** A record of the corpus as a producer sends it. */
export interface SentBadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

export interface BadRecordContext {
  /** Makes its ids unlike those of all others. */
  readonly index: number;
  /** What the clock says. */
  readonly at: Instant;
  readonly encode: (topic: string, record: WireRecord) => Uint8Array;
  readonly partitions: (topic: string) => number;
  readonly partitionOf: (customerId: string) => number;
}

const DAY_MS = 86_400_000;
const CUSTOMERS = 7;

export function eventIdOf({ index }: Pick<BadRecordContext, 'index'>): string {
  return `bad ${index}`;
}

export function sentBadRecord(bad: BadRecord, context: BadRecordContext): SentBadRecord {
  const topic = TOPICS[bad.topic ?? 'events'];
  const home = context.partitionOf(customerOf(context));
  const count = context.partitions(topic);
  const headers = Object.entries(bad.headers ?? {}).map(([name, text]) => [name, bytes(text)]);
  return {
    topic,
    partition: (home + (bad.elsewhere === true ? 1 : 0)) % count,
    key: keyOf(bad.key),
    value: valueOf(bad, topic, context),
    headers: Object.fromEntries(headers),
  };
}

/** A sound record for a topic: what lies beside a bad one has to arrive. */
export function soundNeighbour(topic: string, context: BadRecordContext): SentBadRecord {
  const like = NEIGHBOURS[topic] ?? 'purchase';
  const eventId = `sound ${context.index}`;
  const event = exampleFor({ why: 'nothing', like }, context);
  return {
    topic,
    partition: context.partitionOf(customerOf(context)) % context.partitions(topic),
    key: bytes(customerOf(context)),
    value: bytes(JSON.stringify({ ...event, eventId })),
    headers: {},
  };
}

const NEIGHBOURS: Readonly<Record<string, CustomerEventType>> = {
  [TOPICS.complaints]: 'feedback',
  [TOPICS.engagements]: 'interaction',
  [TOPICS.profiles]: 'profile',
  [TOPICS.links]: 'link',
};

/** When it is read to have happened, where it is read. */
export function instantOf(bad: BadRecord, { at }: Pick<BadRecordContext, 'at'>): Instant {
  const instant = bad.with?.['occurredAt'];
  return isDays(instant) ? at + instant.days * DAY_MS : at;
}

function customerOf({ index }: BadRecordContext): string {
  return `customer ${index % CUSTOMERS}`;
}

function keyOf(key: BadRecord['key']): Uint8Array | null {
  if (key === undefined) return null;
  return typeof key === 'string' ? bytes(key) : Buffer.from(key.hex, 'hex');
}

function valueOf(bad: BadRecord, topic: string, context: BadRecordContext): Uint8Array | null {
  const { text, hex, body } = bad;
  if (hex === null) return null;
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  if (text !== undefined) return bytes(filled(joined(text), context));
  if (body !== undefined) return Buffer.concat([header(topic, context), Buffer.from(body, 'hex')]);
  const value = bad.form === 'avro' ? avroOf(bad, topic, context) : jsonOf(bad, context);
  const kept = value.subarray(0, value.length - (bad.cut ?? 0));
  return Buffer.concat([kept, Buffer.from(bad.more ?? '', 'hex')]);
}

function joined(text: string | readonly TextPart[]): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1]))).join('');
}

function filled(text: string, context: BadRecordContext): string {
  return text
    .replaceAll('<at>', formatRfc3339(context.at))
    .replaceAll('<id>', eventIdOf(context))
    .replaceAll('<customer>', customerOf(context));
}

function exampleFor(bad: BadRecord, context: BadRecordContext): Record<string, unknown> {
  const example = bad.like === undefined ? undefined : INTAKE_EXAMPLES.get(bad.like);
  if (example === undefined) throw new Error(`"${bad.why}" has neither value nor example.`);
  // An id is one customer's: of two who have it the fold refuses one.
  const linked = bad.like === 'link' ? { linkedId: `device ${context.index}` } : {};
  const ids = { eventId: eventIdOf(context), customerId: customerOf(context), ...linked };
  return { ...structuredClone(example), ...ids, occurredAt: formatRfc3339(context.at) };
}

function jsonOf(bad: BadRecord, context: BadRecordContext): Uint8Array {
  const event = exampleFor(bad, context);
  for (const [path, value] of Object.entries(bad.with ?? {})) {
    const changed = isDays(value)
      ? WRITTEN[value.as ?? 'plain'](instantOf(bad, context))
      : valueIn(value);
    put(event, path, changed);
  }
  return bytes(JSON.stringify(event));
}

function avroOf(bad: BadRecord, topic: string, context: BadRecordContext): Uint8Array {
  const read = readIntakeEvent(exampleFor(bad, context));
  if (read.kind !== 'event') throw new Error(`The example of ${bad.like} is refused.`);
  const { name, body } = eventToIntakeWire(read.event);
  const changed = structuredClone(body) as Record<string, unknown>;
  for (const [path, value] of Object.entries(bad.with ?? {})) {
    put(changed, path, isDays(value) ? instantOf(bad, context) : valueIn(value));
  }
  return context.encode(topic, { name, body: changed });
}

/** The magic byte and the id under which the topic's schema is registered. */
function header(topic: string, context: BadRecordContext): Uint8Array {
  const sound = avroOf({ why: 'nothing', like: 'referral', form: 'avro' }, topic, context);
  return sound.subarray(0, 5);
}

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = target;
  for (const name of names) place = place[name] as Record<string, unknown>;
  // As JSON has it: a member that says undefined is not there.
  place[last] = value ?? undefined;
}

/** An instant as other sources write it; ours is RFC 3339 in UTC with milliseconds. */
const WRITTEN = {
  plain: formatRfc3339,
  nanoseconds: (instant: Instant) => formatRfc3339(instant).replace('Z', '999999Z'),
  offset: (instant: Instant) => formatRfc3339(instant + 8 * 3_600_000).replace('Z', '+08:00'),
  small: (instant: Instant) => formatRfc3339(instant).toLowerCase(),
} as const;

interface Days {
  readonly days: number;
  readonly as?: keyof typeof WRITTEN;
}

function isDays(value: unknown): value is Days {
  return typeof value === 'object' && value !== null && 'days' in value;
}

function valueIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('repeat' in value) {
    const [part, times] = value.repeat as [string, number];
    return part.repeat(times);
  }
  return 'number' in value ? Number(value.number) : value;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
