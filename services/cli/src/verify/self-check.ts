import { TOPICS } from '@strata/contracts';
import { FOLD_VERSION } from '@strata/domain';
import {
  freshnessOf,
  type OutboxEntry,
  type OutputNumber,
  outputNumberOf,
  type TopicPartition,
  tpKey,
} from '@strata/pipeline';
import { type PartitionView, viewPartition } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';
import { dueIds } from './compare-states.ts';
import { type Findings, found } from './finding.ts';
import { NUMBERED_TOPICS } from './log-fold.ts';

const OUTBOX_READ = 1_000;
/** One send of a relay holds fewer. */
const LATE_RECORDS_MAX = 10_000;
const CUSTOMERS_PER_READ = 1_000;

/** One partition, looked at without its log. */
export interface SelfCheck {
  readonly partition: number;
  readonly next: number;
  readonly customers: number;
  readonly outboxDepth: number;
  readonly decisionHash: string | null;
  readonly findings: Findings;
}

/**
 * Whether what the store and the output topics say of a partition fits together. Each thing is read before that which
 * may only run ahead of it, so a partition that goes on meanwhile gives no false alarm.
 */
export async function selfCheck(stack: StackHandle, partition: number): Promise<SelfCheck> {
  const { store } = stack;
  const findings: Findings = new Map();
  const tailsBefore = await tailSeqs(stack, partition);
  const view = await viewPartition(store, partition);
  const outbox = await outboxUpTo(stack, partition, view.ledger?.position ?? 0);
  const tailsAfter = await tailSeqs(stack, partition);
  checkLedger(view, stack.partitions, findings);
  if (view.ledger === null && view.next > 0) found(findings, 'not-begun');
  if (view.ledger !== null) {
    const { epoch, seqs } = view.ledger;
    checkOutbox(outbox, view, findings);
    for (const topic of NUMBERED_TOPICS) {
      const seq = seqs[topic] ?? 0;
      const before = tailsBefore.get(topic) ?? null;
      const after = tailsAfter.get(topic) ?? null;
      // The topic knows more than the state: the store has gone back and has not caught up yet.
      const isAhead =
        before !== null && (before.epoch > epoch || (before.epoch === epoch && before.seq > seq));
      if (isAhead) found(findings, 'numbers-differ');
      const first = outbox.find((entry) => entry.topic === topic)?.seq ?? seq + 1;
      if (seqIn(after, epoch) >= first - 1) continue;
      const highest = await highestNumber(stack, { topic, partition });
      found(findings, 'outputs-missing', first - 1 - seqIn(highest, epoch));
    }
  }
  await checkDue(stack, view, { partition, findings });
  const { next, customerCount, outboxDepth, ledger } = view;
  const decisionHash = ledger?.decisionHash ?? null;
  return { partition, next, customers: customerCount, outboxDepth, decisionHash, findings };
}

function checkLedger({ ledger }: PartitionView, partitions: number, findings: Findings): void {
  if (ledger === null) return;
  if (ledger.foldVersion !== FOLD_VERSION) found(findings, 'other-fold-version');
  if (ledger.partitions !== null && ledger.partitions !== partitions) {
    found(findings, 'other-partition-count');
  }
}

/** Positions without a gap up to the ledger's, and in each topic numbers without a gap up to the ledger's. */
function checkOutbox(
  outbox: readonly OutboxEntry[],
  { ledger }: PartitionView,
  findings: Findings,
): void {
  if (ledger === null) return;
  const { position, seqs } = ledger;
  const expected = new Map<string, number>();
  outbox.toReversed().forEach((entry, index) => {
    const seq = expected.get(entry.topic) ?? seqs[entry.topic] ?? 0;
    // What waits of an earlier epoch has numbers of its own.
    const isNumbered = seq < 1 || entry.seq === seq;
    if (entry.position !== position - index || !isNumbered) found(findings, 'outbox-broken');
    expected.set(entry.topic, seq - 1);
  });
}

async function outboxUpTo(
  { store }: StackHandle,
  partition: number,
  position: number,
): Promise<readonly OutboxEntry[]> {
  const entries: OutboxEntry[] = [];
  for (let afterPosition = 0; ; ) {
    const some = await store.outbox({ partition, afterPosition, limit: OUTBOX_READ });
    entries.push(...some.filter((it) => it.position <= position));
    afterPosition = some.at(-1)?.position ?? afterPosition;
    if (some.length < OUTBOX_READ || afterPosition >= position) return entries;
  }
}

const seqIn = (number: OutputNumber | null, epoch: number): number =>
  number === null || number.epoch < epoch ? 0 : number.seq;

/** The last record may be one that a dying process sent late and under an older number: so a few before it count, too. */
async function highestNumber(
  { reader }: StackHandle,
  place: TopicPartition,
): Promise<OutputNumber | null> {
  const { start, end } = (await reader.bounds(place.topic))[place.partition] ?? {
    start: 0,
    end: 0,
  };
  let highest: OutputNumber | null = null;
  const offset = Math.max(start, end - LATE_RECORDS_MAX);
  for await (const batch of reader.read({ ...place, offset }, end)) {
    for (const record of batch) {
      const number = outputNumberOf(record);
      if (freshnessOf(highest, number) !== 'repeat') highest = number;
    }
  }
  return highest;
}

async function tailSeqs(
  { reader }: StackHandle,
  partition: number,
): Promise<ReadonlyMap<string, OutputNumber>> {
  const tails = await reader.tails(NUMBERED_TOPICS.map((topic) => ({ topic, partition })));
  return new Map(
    NUMBERED_TOPICS.flatMap((topic) => {
      const tail = tails.get(tpKey({ topic, partition })) ?? null;
      return tail === null ? [] : [[topic, outputNumberOf(tail)] as const];
    }),
  );
}

async function checkDue(
  { store }: StackHandle,
  { customerCount }: PartitionView,
  { partition, findings }: { partition: number; findings: Findings },
): Promise<void> {
  const due = [...(await dueIds(store, partition, customerCount))];
  for (let at = 0; at < due.length; at += CUSTOMERS_PER_READ) {
    const values = await store.load(partition, due.slice(at, at + CUSTOMERS_PER_READ));
    found(findings, 'due-unknown', values.filter((it) => it === null).length);
  }
}

/** The topics of the outputs have to have as many partitions as the log. */
export async function checkPartitionCounts({ reader, partitions }: StackHandle): Promise<boolean> {
  const counts = await Promise.all(
    [TOPICS.customerLog, ...NUMBERED_TOPICS].map((topic) => reader.partitionCount(topic)),
  );
  return counts.every((count) => count === partitions);
}
