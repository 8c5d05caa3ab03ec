import type { CommitOutcome, PartitionCommit, StateStore, WallClock } from '@strata/pipeline';
import { encodeShardLedger, LEDGER_FIELD } from '@strata/shard-state';
import { encodePartition, packCustomer, pageChanges } from '@strata/state-codec';
import type { ScorerMetrics } from '../metrics.ts';
import type { Shard } from '../shard.ts';
import type { Draft, DraftCounts } from './fold.ts';

/**
 * Everything the draft holds, and the next offset, in one atomic write. Only when it is written does the shard move on;
 * after any other outcome the shard is worth nothing and is taken anew.
 */
export async function commitDraft(
  shard: Shard,
  { draft, next }: { draft: Draft; next: number },
  ports: { store: StateStore; metrics: ScorerMetrics; clock: WallClock },
): Promise<CommitOutcome> {
  const startedMs = ports.clock.nowMs();
  const outcome = await counted(ports, {
    partition: shard.partition,
    owner: shard.owner,
    expectedNext: shard.next,
    next,
    fields: {
      ...encodePartition(draft.state, shard.state),
      [LEDGER_FIELD]: encodeShardLedger(draft.ledger),
    },
    ...packed(draft),
    due: [...draft.due],
    outbox: draft.outbox,
  });
  const nowMs = ports.clock.nowMs();
  ports.metrics.commitSeconds.observe((nowMs - startedMs) / 1_000);
  if (isWritten(outcome)) {
    moveOn(shard, draft, { next, nowMs });
    tell(ports.metrics, draft.counts);
  }
  return outcome;
}

function packed({ customers, loaded }: Draft): Pick<PartitionCommit, 'states' | 'pages'> {
  const states: [string, Uint8Array | null][] = [];
  const pages: (readonly [string, Uint8Array | null])[] = [];
  for (const [id, state] of customers) {
    states.push([id, state === null ? null : packCustomer(state).value]);
    for (const change of pageChanges(id, loaded.get(id), state)) pages.push(change);
  }
  return { states, pages };
}

/** `already` is our own commit whose reply was lost: the store compares owner and offset. */
export function isWritten(outcome: CommitOutcome): boolean {
  return outcome === 'ok' || outcome === 'already';
}

/** A commit that throws has an outcome, too: it is only not known. */
async function counted(
  { store, metrics }: { readonly store: StateStore; readonly metrics: ScorerMetrics },
  commit: PartitionCommit,
): Promise<CommitOutcome> {
  try {
    const outcome = await store.commit(commit);
    metrics.commits.inc({ outcome });
    return outcome;
  } catch (error) {
    metrics.commits.inc({ outcome: 'failed' });
    throw error;
  }
}

function moveOn(
  shard: Shard,
  draft: Draft,
  { next, nowMs }: { readonly next: number; readonly nowMs: number },
): void {
  shard.next = next;
  shard.lastCommitMs = nowMs;
  if (draft.outbox.length > 0) shard.outboxAge.added(draft.ledger.position, nowMs);
  shard.state = draft.state;
  shard.ledger = draft.ledger;
  shard.outboxDepth += draft.outbox.length;
  for (const [customerId, state] of draft.customers) {
    if (state === null) shard.cache.delete(customerId);
    else shard.cache.set(customerId, state);
  }
  for (const dueAt of draft.due.values()) {
    if (dueAt !== null) shard.earliestDue = Math.min(shard.earliestDue ?? dueAt, dueAt);
  }
  for (const customerId of draft.ticked) shard.ticking.delete(customerId);
  if (draft.hasSweep) shard.isSweeping = false;
}

function tell(metrics: ScorerMetrics, counts: DraftCounts): void {
  for (const [kind, times] of counts.records) metrics.records.inc({ kind }, times);
  for (const [note, times] of counts.notes) metrics.notes.inc({ note }, times);
  for (const [labels, times] of counts.deadLetters) {
    const [reason = '', source = '', type = '', schema = ''] = labels.split(' ');
    metrics.deadLetters.inc({ reason, source, type, schema }, times);
    metrics.refusedRecords.inc(times);
  }
  for (const [outcome, times] of counts.redrives) metrics.redrives.inc({ outcome }, times);
  for (const [name, times] of counts.tierChanges) {
    const [type = '', cause = ''] = name.split(' ');
    metrics.tierChanges.inc({ type, cause }, times);
  }
}
