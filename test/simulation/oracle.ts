import { createHash } from 'node:crypto';
import { logRecordFromWire } from '@strata/contracts';
import {
  type CustomerState,
  canonicalJson,
  customersOf,
  fold,
  type HandOver,
  initialPartition,
  keepChanged,
  type LogRecord,
  type PartitionState,
  type RetiredOutput,
  type TierChange,
} from '@strata/domain';
import type { TopicRecord } from '@strata/pipeline';

export interface LetterNote {
  readonly id: string;
  readonly isServed: boolean;
  /** Of a record that was redriven. */
  readonly isAgain: boolean;
}

/** What a log of one partition comes to. */
export interface Folded {
  readonly partition: PartitionState;
  readonly customers: ReadonlyMap<string, CustomerState>;
  readonly dueAt: ReadonlyMap<string, number>;
  readonly changes: readonly TierChange[];
  /** Tier changes, and customers who left: number n of the tiers is at n - 1. */
  readonly tiers: readonly (TierChange | RetiredOutput)[];
  readonly handOvers: readonly HandOver[];
  /** Every letter that was written, and every one that had served, in their order. */
  readonly letters: readonly LetterNote[];
  /** What the fold did and must never do. */
  readonly wrong: readonly string[];
  readonly decisionHash: string;
  readonly partitions: number | null;
  /** Offset and digest of the last record. */
  readonly last: { readonly offset: number; readonly digest: string } | null;
}

/**
 * The plain reading: one record after the other, with nothing between the log and the fold. It knows no batches, no
 * store, no owners and no outbox, and shares no code with the scorer.
 */
export function foldLog(
  partition: number,
  records: readonly TopicRecord[],
  decode: (bytes: Uint8Array) => Parameters<typeof logRecordFromWire>[0],
): Folded {
  let state = initialPartition(partition);
  const customers = new Map<string, CustomerState>();
  const dueAt = new Map<string, number>();
  const changes: TierChange[] = [];
  const tiers: (TierChange | RetiredOutput)[] = [];
  const handOvers: HandOver[] = [];
  const letters: LetterNote[] = [];
  const wrong: string[] = [];
  let partitions: number | null = null;
  let hash = '0'.repeat(64);
  const link = (decision: unknown): void => {
    hash = createHash('sha256').update(hash, 'hex').update(canonicalJson(decision)).digest('hex');
  };
  const refuse = (own: string, reason: string, redriven: string | null): void => {
    letters.push({ id: redriven ?? own, isServed: false, isAgain: redriven !== null });
    link({ kind: 'dead-letter', id: own, reason });
  };
  for (const { offset, appendedAt, value, headers } of records) {
    const record = readRecord(value, decode);
    const redriven = redrivenLetter(headers);
    if (record === null) {
      refuse(`${partition}.${offset}.0`, 'bad-avro', redriven);
      continue;
    }
    if (record.kind === 'stack-opened') partitions ??= record.partitions;
    const named = customersOf(record).flatMap((id) => {
      const customer = customers.get(id);
      return customer === undefined ? [] : [[id, customer] as const];
    });
    const at = { partition, offset, appendedAt };
    const result = fold({ partition: state, customers: new Map(named), record, at });
    const isRepeat = isRepeated(record, state);
    if (isRepeat && (result.customers.size > 0 || result.outputs.length > 0)) {
      wrong.push(`a hand-over that came before changed something at ${partition}:${offset}`);
    }
    state = result.partition;
    keepChanged(customers, result);
    for (const [id, due] of result.dueAt) {
      if (due === null) dueAt.delete(id);
      else dueAt.set(id, due);
    }
    handOvers.push(...result.handOvers);
    const isRefused = result.outputs.some(({ kind }) => kind === 'dead-letter');
    // What an alias forwards is the survivor's to take or to refuse, the first time it comes.
    const isForwarded = result.handOvers.some(({ content }) => content.kind === 'forwarded');
    if (redriven !== null && !isRefused && !isForwarded && !isRepeat) {
      letters.push({ id: redriven, isServed: true, isAgain: true });
    }
    for (const output of result.outputs) {
      if (output.kind === 'dead-letter') refuse(output.id, output.reason, redriven);
      else {
        if (output.kind === 'tier-change') changes.push(output);
        tiers.push(output);
        link(output);
      }
    }
  }
  const last = records.at(-1);
  return {
    partition: state,
    customers,
    dueAt,
    changes,
    tiers,
    handOvers,
    letters,
    wrong,
    decisionHash: hash,
    partitions,
    last: last === undefined ? null : { offset: last.offset, digest: digestOf(last) },
  };
}

/** One number for each source: what is not above it has been here. */
function isRepeated(record: LogRecord, { received }: PartitionState): boolean {
  if (!('from' in record)) return false;
  const last = received.find(({ partition }) => partition === record.from.partition);
  return last !== undefined && record.from.number <= last.number;
}

function redrivenLetter(headers: TopicRecord['headers']): string | null {
  const bytes = headers['strata-redrive'];
  return bytes === undefined ? null : String(JSON.parse(Buffer.from(bytes).toString())[0]);
}

function digestOf({ appendedAt, key, value }: TopicRecord): string {
  const hash = createHash('sha256').update(`${appendedAt} ${key?.length ?? 0} `);
  hash.update(key ?? new Uint8Array()).update(value ?? new Uint8Array());
  return hash.digest('hex').slice(0, 16);
}

function readRecord(
  value: Uint8Array | null,
  decode: (bytes: Uint8Array) => Parameters<typeof logRecordFromWire>[0],
): LogRecord | null {
  try {
    return logRecordFromWire(decode(value ?? new Uint8Array()));
  } catch {
    return null;
  }
}
