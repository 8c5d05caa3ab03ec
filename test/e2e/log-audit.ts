import { connectStack, type StackHandle } from '@strata/cli';
import { logRecordFromWire, TOPICS } from '@strata/contracts';
import type { StackFile } from '@strata/local-stack';
import { decodeShardLedger, LEDGER_FIELD } from '@strata/shard-state';
import { type LoggedRecord, Oracle } from '../model/oracle/oracle.ts';
import type { ForeignChange } from './foreign-reader.ts';

/** What the customer log of a stack holds, counted by somebody who has nothing to do with who wrote or folded it. */
export interface LogAudit {
  readonly records: number;
  /** Offsets without a record. */
  readonly gaps: number;
  /** Events that differ by (source, eventId), and how many lie there more than once. */
  readonly events: number;
  readonly repeats: number;
  /** What the second reading of the rules says of the customers that were chosen, in the lines of `lineOf`. */
  readonly changes: readonly string[];
}

/** The address of nobody: an audit seals nothing. */
const NO_SEALING_KEY = Buffer.alloc(32).toString('base64');

export async function openStack(file: StackFile, partitions: number): Promise<StackHandle> {
  if (file.addresses === null) throw new Error('the stack has no addresses');
  const { addresses } = file;
  const sealingKey = NO_SEALING_KEY;
  return connectStack({ kind: 'local', time: 'data', partitions, addresses, sealingKey });
}

/** Reads the whole log, and grades those who are chosen by the naive reading of the rules in `test/model`. */
export async function auditLog(
  handle: StackHandle,
  isChosen: (customerId: string) => boolean,
): Promise<LogAudit> {
  const known = new Set<string>();
  const counts = { records: 0, gaps: 0, repeats: 0 };
  const changes: string[] = [];
  for (const [partition, { start, end }] of (
    await handle.reader.bounds(TOPICS.customerLog)
  ).entries()) {
    const oracle = new Oracle();
    counts.gaps += end - start;
    for await (const batch of handle.reader.read({
      topic: TOPICS.customerLog,
      partition,
      offset: start,
    })) {
      await handle.serdes.prepare(batch);
      counts.records += batch.length;
      counts.gaps -= batch.length;
      for (const { offset, appendedAt, value } of batch) {
        const wire = handle.serdes.customerLog.decode(value ?? new Uint8Array());
        const record = logRecordFromWire(wire);
        if (record.kind === 'event') {
          const { source, eventId, customerId } = record.event;
          const name = JSON.stringify([source, eventId]);
          if (known.has(name)) counts.repeats += 1;
          known.add(name);
          if (!isChosen(customerId)) continue;
        }
        oracle.apply({ offset, appendedAt, record } satisfies LoggedRecord);
      }
    }
    for (const customerId of oracle.customers.keys()) {
      for (const [index, change] of oracle.customerAt(customerId).changes.entries()) {
        const { type, fromTier, toTier, causeKind: cause, effectiveAt } = change;
        const customerSeq = index + 1;
        changes.push(
          lineOf({ customerId, customerSeq, type, fromTier, toTier, cause, effectiveAt }),
        );
      }
    }
  }
  return { ...counts, events: known.size, changes: changes.toSorted() };
}

export function lineOf(change: Omit<ForeignChange, 'policyVersion'>): string {
  const { customerId, customerSeq, type, fromTier, toTier, cause, effectiveAt } = change;
  return [customerId, customerSeq, type, fromTier, toTier, cause, effectiveAt].join(' ');
}

/** The rolling hash over all that was decided, of each partition, as Redis holds it. */
export async function decisionHashes(handle: StackHandle): Promise<readonly (string | null)[]> {
  const shards = Array.from({ length: handle.partitions }, (_, p) => handle.store.inspect(p));
  return (await Promise.all(shards)).map(({ fields }) => {
    const bytes = fields[LEDGER_FIELD];
    return bytes === undefined ? null : decodeShardLedger(bytes).decisionHash;
  });
}

/** Records folded, by partition. */
export async function foldedPlaces(handle: StackHandle): Promise<readonly number[]> {
  const shards = Array.from({ length: handle.partitions }, (_, p) => handle.store.inspect(p));
  return (await Promise.all(shards)).map(({ next }) => next);
}

/** Records folded, of all partitions; of each up to a place where one is given. */
export async function recordsFolded(
  handle: StackHandle,
  upTo?: readonly number[],
): Promise<number> {
  const places = await foldedPlaces(handle);
  return places.reduce((sum, next, p) => sum + Math.min(next, upTo?.[p] ?? Infinity), 0);
}
