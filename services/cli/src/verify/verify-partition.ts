import { FOLD_VERSION } from '@strata/domain';
import { viewPartition } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';
import { compareOutputs, type TopicFigures } from './compare-outputs.ts';
import { comparePartition, compareStates } from './compare-states.ts';
import { type Findings, found } from './finding.ts';
import { LogFold } from './log-fold.ts';

/** What was held against each other of one partition, and how that came out. */
export interface PartitionReport {
  readonly partition: number;
  /** Offsets of the customer log that were folded: all from the first one up to, not including, this. */
  readonly upTo: number;
  readonly records: number;
  readonly customers: number;
  readonly decisions: number;
  readonly epoch: number;
  readonly decisionHash: string;
  readonly topics: readonly TopicFigures[];
  readonly findings: Findings;
}

/** Whoever watches: told of each record, and may stop. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly onRecords: (count: number) => void;
}

/** Null where the partition would not stand still, or went back, while it was looked at. */
export async function verifyPartition(
  stack: StackHandle,
  partition: number,
  watch: Watch,
): Promise<PartitionReport | null> {
  const { store } = stack;
  const findings: Findings = new Map();
  const fold = new LogFold(stack, partition);
  const { next, ledger } = await viewPartition(store, partition);
  if (ledger !== null && ledger.foldVersion !== FOLD_VERSION) {
    found(findings, 'other-fold-version');
    return { ...figuresOf(fold, findings), topics: [] };
  }
  await fold.foldTo(next, watch);
  const foldTo = (upTo: number): Promise<ReadonlySet<string>> => fold.foldTo(upTo, watch);
  const comparison = await compareStates(fold, store, { findings, foldTo });
  if (comparison === null) return null;
  comparePartition(fold, comparison.view, findings);
  const topics = await compareOutputs(fold, stack, findings);
  return { ...figuresOf(fold, findings), topics };
}

function figuresOf(fold: LogFold, findings: Findings): Omit<PartitionReport, 'topics'> {
  const { partition, next, records, customers, decisions, epoch, decisionHash } = fold;
  return {
    partition,
    upTo: next,
    records,
    customers: customers.size,
    decisions,
    epoch,
    decisionHash,
    findings,
  };
}
