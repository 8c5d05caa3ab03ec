import {
  type Candidate,
  hasAcceptedEvent,
  type Instant,
  MoveTally,
  moveOf,
  type PolicySet,
  type TierChange,
  trialOf,
} from '@strata/domain';
import { viewCustomers, viewPartitions } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { Impact } from './impact-text.ts';

/** Tries a set on everybody of a running stack, as they stand now. Nothing is written, and nobody waits for it. */
export async function measureImpact(
  { store, partitions }: Pick<StackHandle, 'store' | 'partitions'>,
  candidate: Candidate,
  options: {
    readonly before: PolicySet | null;
    readonly nowMs: number;
    readonly signal?: AbortSignal;
    readonly onCustomers?: (count: number) => void;
    /** Each tier change that would be told, as `decidedAt` now; it has no number yet. */
    readonly onChange?: (change: TierChange) => Promise<void>;
  },
): Promise<Impact> {
  const { before, nowMs, signal, onCustomers, onChange } = options;
  const views = await viewPartitions(store, partitions);
  const clock = Math.max(...views.map(({ state }) => state.clock));
  // The partitions say which time it is: a stack may have gone live.
  const isData = views.some(({ state }) => state.time === 'data');
  const at: Instant = isData ? clock : Math.max(clock, nowMs);
  // In data time customers may be further than the last mark.
  let furthest = at;
  const tally = new MoveTally(candidate.set);
  for (const [index, { state: partition }] of views.entries()) {
    const trial = trialOf(partition, candidate, at);
    for await (const batch of viewCustomers(store, index)) {
      signal?.throwIfAborted();
      for (const [customerId, state] of batch) {
        if (!hasAcceptedEvent(state)) continue;
        furthest = Math.max(furthest, state.clock);
        const move = moveOf(trial, customerId, state);
        tally.add(move);
        for (const change of move.changes) await onChange?.(change);
      }
      onCustomers?.(batch.size);
    }
  }
  return { at: furthest, before, after: candidate.set, summary: tally.summary() };
}
