import type { Instant, WentLive } from '@strata/domain';
import type { PartitionView } from '@strata/shard-state';

/** How far a stack has come from data to wall time, by what its partitions have folded. */
export type LiveStand =
  /** Wall time from the beginning. */
  | { readonly kind: 'wall' }
  | { readonly kind: 'data' }
  /** Some partitions: the command was ended between two sends, and what it had asked for holds for the rest. */
  | { readonly kind: 'partly'; readonly asked: Asked }
  | { readonly kind: 'live'; readonly asked: Asked };

export type Asked = Omit<WentLive, 'kind'>;

export function liveStandOf(views: readonly PartitionView[]): LiveStand {
  const live = views.map(({ state }) => state.live).filter((it) => it !== null);
  const [first] = live;
  if (first === undefined) {
    return views.some(({ state }) => state.time === 'wall') ? { kind: 'wall' } : { kind: 'data' };
  }
  const asked = { at: first.at, announceFrom: first.announceFrom };
  return { kind: live.length === views.length ? 'live' : 'partly', asked };
}

/** The last clock mark; null before the first, and where the only one is the beginning of time, by which the broker was asked. */
export function lastMarkOf(views: readonly PartitionView[]): Instant | null {
  const latest = Math.max(...views.map(({ state }) => state.live?.since ?? state.clock));
  return latest > 0 ? latest : null;
}
