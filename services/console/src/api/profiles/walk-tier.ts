import { customerProfileAt, hasAcceptedEvent } from '@strata/domain';
import type { StateStore, StateWalk } from '@strata/pipeline';
import { readCustomers } from '@strata/shard-state';
import { presentOf } from './find-customers.ts';
import { type Freshness, freshnessOf } from './freshness.ts';
import type { LogEnds } from './log-ends.ts';
import { type StandingBody, standingBody } from './profile-body.ts';
import type { StateReader } from './state-reader.ts';
import type { TierCursor } from './tier-cursor.ts';

export type TierPage =
  | {
      readonly kind: 'page';
      readonly customers: readonly StandingBody[];
      readonly next: TierCursor | null;
      readonly freshness: readonly Freshness[];
    }
  /** The store has another order since: the walk has to begin anew. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'not-ready'; readonly partition: number };

export interface TierWalkParts {
  readonly store: StateStore & StateWalk;
  readonly reader: StateReader;
  readonly ends: LogEnds;
  readonly wallMs: () => number;
}

/** So many customers are looked at for a page, whatever it finds: a page of a rare tier is short, and comes soon. */
const LOOKED_AT_MAX = 2_000;
const STEP_MAX = 500;
const STEP_MIN = 20;

/**
 * One page of the customers of a tier, by the order of the store: partition after partition, each in the order in which
 * Redis scans. Who is in the tier from the first page to the last is in one of them; who comes or goes meanwhile may
 * be. A page may hold a few more than its limit, because a step of a scan is taken whole.
 */
export async function tierPage(
  from: TierCursor,
  limit: number,
  parts: TierWalkParts,
): Promise<TierPage> {
  const { store, reader, ends } = parts;
  await ends.refresh();
  const customers: StandingBody[] = [];
  const freshness: Freshness[] = [];
  let cursor: TierCursor | null = from;
  for (let lookedAt = 0; cursor !== null && customers.length < limit; ) {
    if (lookedAt >= LOOKED_AT_MAX) break;
    const { partition, place }: TierCursor = cursor;
    const head = await reader.head(partition);
    if (head.owner === null || head.state.time === null) return { kind: 'not-ready', partition };
    const count = Math.min(STEP_MAX, Math.max(STEP_MIN, limit - customers.length));
    const step = await store.walk({ partition, place, count });
    if (step === null) return { kind: 'expired' };
    customers.push(...(await inTier(from, { partition, entries: step.entries }, parts)));
    freshness.push(freshnessOf(head, ends, parts.wallMs()));
    // A partition without customers costs an answer of Redis, too.
    lookedAt += Math.max(STEP_MIN, step.entries.length);
    cursor = after(cursor, step.next, reader.partitions);
  }
  return { kind: 'page', customers, next: cursor, freshness };
}

function after(cursor: TierCursor, place: string | null, partitions: number): TierCursor | null {
  if (place !== null) return { ...cursor, place };
  const partition = cursor.partition + 1;
  return partition < partitions ? { ...cursor, partition, place: null } : null;
}

async function inTier(
  { tier, policy }: TierCursor,
  step: {
    readonly partition: number;
    readonly entries: readonly (readonly [customerId: string, bytes: Uint8Array])[];
  },
  { store, reader, wallMs }: TierWalkParts,
): Promise<readonly StandingBody[]> {
  const { partition, entries } = step;
  const read = await readCustomers(store, partition, entries);
  const { view, states } = await reader.paired(partition, read);
  const found: StandingBody[] = [];
  for (const [customerId, state] of states) {
    if (!hasAcceptedEvent(state)) continue;
    const at = presentOf(view.state, state, wallMs());
    const profile = customerProfileAt({ partition: view.state, customerId, state, at });
    const { standing } = profile;
    if (standing?.tier !== tier || (policy !== null && standing.policy !== policy)) continue;
    found.push(standingBody(profile, { aliases: [], seqBase: view.ledger?.customerSeqBase ?? 0 }));
  }
  return found;
}
