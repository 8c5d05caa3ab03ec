import {
  type CustomerState,
  hasAcceptedEvent,
  type Instant,
  type PartitionState,
  type TierChange,
  type TierChangeType,
  viewAt,
} from '@strata/domain';
import { type PartitionView, viewCustomers } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { Asked } from './live-stand.ts';

/** What going live would settle at once, by type of change; and who stands in its way. */
export interface LiveImpact {
  readonly changes: ReadonlyMap<TierChangeType, LiveCount>;
  readonly customers: number;
  /** Who has a clock beyond the instant: events dated ahead of the wall clock. */
  readonly ahead: { readonly customers: number; readonly latest: Instant };
  /** Who waits for another customer that is to become one with them. */
  readonly merging: number;
}

export interface LiveCount {
  readonly announced: number;
  readonly heldBack: number;
}

/** Every customer looked at as going live would find it. Nothing is written. */
export async function liveImpact(
  { store }: Pick<StackHandle, 'store'>,
  work: {
    readonly views: readonly PartitionView[];
    readonly asked: Asked;
    readonly onCustomers: (count: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<LiveImpact> {
  const { views, asked, onCustomers, signal } = work;
  const changes = new Map<TierChangeType, LiveCount>();
  let customers = 0;
  let merging = 0;
  const ahead = { customers: 0, latest: Number.NEGATIVE_INFINITY };
  for (const [index, { state }] of views.entries()) {
    const partition = asLive(state, asked);
    for await (const batch of viewCustomers(store, index)) {
      signal.throwIfAborted();
      for (const [customerId, customer] of batch) {
        if (customer.reservation !== undefined || customer.links !== undefined) merging += 1;
        if (!hasAcceptedEvent(customer)) continue;
        customers += 1;
        if (customer.clock > asked.at) {
          ahead.customers += 1;
          ahead.latest = Math.max(ahead.latest, customer.clock);
        }
        const own = changesOf(partition, { customerId, customer, at: asked.at });
        for (const change of own) count(changes, change);
      }
      onCustomers(batch.size);
    }
  }
  return { changes, customers, ahead, merging };
}

/** The partition as the record would leave it. */
function asLive(state: PartitionState, { at, announceFrom }: Asked): PartitionState {
  if (state.time !== 'data') return state;
  const { clock: since } = state;
  return { ...state, time: 'wall', live: { since, at, announceFrom, offset: 0 } };
}

function changesOf(
  partition: PartitionState,
  { customerId, customer, at }: { customerId: string; customer: CustomerState; at: Instant },
): readonly TierChange[] {
  if (at <= customer.clock) return [];
  return viewAt({ partition, customerId, state: customer, at }).changes;
}

function count(counts: Map<TierChangeType, LiveCount>, { type, backfill }: TierChange): void {
  const { announced, heldBack } = counts.get(type) ?? { announced: 0, heldBack: 0 };
  counts.set(
    type,
    backfill ? { announced, heldBack: heldBack + 1 } : { announced: announced + 1, heldBack },
  );
}
