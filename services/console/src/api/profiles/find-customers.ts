import { formatRfc3339, type Identity } from '@strata/contracts';
import {
  type CustomerState,
  customerProfileAt,
  hasAcceptedEvent,
  type Instant,
  type PartitionState,
} from '@strata/domain';
import type { FreshnessDemand } from './freshness.ts';
import { type Freshness, freshnessOf, waitForFresh } from './freshness.ts';
import type { LogEnds } from './log-ends.ts';
import { type AliasBody, type StandingBody, standingBody } from './profile-body.ts';
import type { StateReader, ViewedPartition } from './state-reader.ts';

/** A customer as it was read, under the id by which it stands. */
export interface FoundCustomer {
  readonly kind: 'found';
  readonly customerId: string;
  readonly view: ViewedPartition;
  readonly state: CustomerState;
  readonly at: Instant;
  readonly aliases: readonly AliasBody[];
  readonly freshness: Freshness;
}

export type Sought =
  | FoundCustomer
  /** Nobody of the id is known, as far as the state reaches. */
  | { readonly kind: 'unknown'; readonly freshness: Freshness }
  /** The state does not reach what is demanded. */
  | { readonly kind: 'not-fresh'; readonly freshness: Freshness; readonly waitSeconds: number }
  /** No scorer has taken the partition, or what lies there is not whole. */
  | { readonly kind: 'not-ready'; readonly partition: number };

export interface CustomerFinderParts {
  readonly reader: StateReader;
  readonly ends: LogEnds;
  readonly identity: Identity;
  readonly wallMs: () => number;
}

/** Merges of merges form no circle; a chain that is longer than this is damage. */
const ALIASES_MAX = 64;

interface Seeking {
  readonly index: number;
  customerId: string;
  readonly aliases: AliasBody[];
}

/** Finds customers by the ids that people know, through pseudonyms and merges, each with how fresh it is. */
export class CustomerFinder {
  readonly #parts: CustomerFinderParts;

  constructor(parts: CustomerFinderParts) {
    this.#parts = parts;
  }

  async one(id: string, demand: FreshnessDemand | null): Promise<Sought> {
    const [sought] = await this.many([id], demand);
    if (sought === undefined) throw new TypeError('One was asked for and none was answered');
    return sought;
  }

  /** In the order of the ids. Where the state is not fresh enough it is read once more, now. */
  async many(ids: readonly string[], demand: FreshnessDemand | null): Promise<readonly Sought[]> {
    const { ends } = this.#parts;
    await ends.refresh();
    const found = await this.#seek(ids, demand, false);
    if (found.every(({ kind }) => kind !== 'not-fresh')) return found;
    const again = await this.#seek(ids, demand, true);
    return again;
  }

  async #seek(
    ids: readonly string[],
    demand: FreshnessDemand | null,
    isNew: boolean,
  ): Promise<readonly Sought[]> {
    const { reader, identity } = this.#parts;
    const answers = ids.map((): Sought | undefined => undefined);
    let left: readonly Seeking[] = ids.map((id, index) => ({
      index,
      customerId: identity.ofWhole(id),
      aliases: [],
    }));
    for (let round = 0; left.length > 0 && round < ALIASES_MAX; round += 1) {
      const byPartition = Map.groupBy(left, ({ customerId }) => reader.partitionOf(customerId));
      const rounds = [...byPartition].map(([partition, seeking]) =>
        this.#seekIn(partition, { seeking, demand, isNew, answers }),
      );
      left = (await Promise.all(rounds)).flat();
    }
    return answers.map((answer) => {
      if (answer === undefined) throw new TypeError('Merges form a circle: rebuild the partitions');
      return answer;
    });
  }

  /** Answers what can be answered; who is an alias goes on under the survivor's id. */
  async #seekIn(
    partition: number,
    work: {
      readonly seeking: readonly Seeking[];
      readonly demand: FreshnessDemand | null;
      readonly isNew: boolean;
      readonly answers: (Sought | undefined)[];
    },
  ): Promise<readonly Seeking[]> {
    const { seeking, demand, isNew, answers } = work;
    const { reader, ends } = this.#parts;
    const ids = [...new Set(seeking.map(({ customerId }) => customerId))];
    const { view, states } = await reader.read(partition, ids, isNew);
    if (isNew) await ends.refresh(true);
    const goOn: Seeking[] = [];
    if (view.owner === null || view.state.time === null) {
      for (const { index } of seeking) answers[index] = { kind: 'not-ready', partition };
      return goOn;
    }
    const freshness = freshnessOf(view, ends, this.#parts.wallMs());
    const waitSeconds = waitForFresh(freshness, demand);
    for (const each of seeking) {
      const { index, customerId, aliases } = each;
      const state = states.get(customerId);
      if (waitSeconds !== null) answers[index] = { kind: 'not-fresh', freshness, waitSeconds };
      else if (state?.alias !== undefined) {
        const { survivorId, at } = state.alias;
        aliases.push({ customerId, survivorId, at: formatRfc3339(at) });
        each.customerId = survivorId;
        goOn.push(each);
      } else if (state === undefined || !hasAcceptedEvent(state)) {
        answers[index] = { kind: 'unknown', freshness };
      } else {
        const at = presentOf(view.state, state, this.#parts.wallMs());
        answers[index] = { kind: 'found', customerId, view, state, at, aliases, freshness };
      }
    }
    return goOn;
  }
}

/** In data time the furthest clock that the customer has seen, else the wall's: as `./strata why` takes it. */
export function presentOf(
  { clock, time }: PartitionState,
  state: CustomerState,
  wallMs: number,
): Instant {
  const settled = Math.max(clock, state.clock);
  return time === 'data' ? settled : Math.max(settled, wallMs);
}

export function standingOf({ customerId, view, state, at, aliases }: FoundCustomer): StandingBody {
  const profile = customerProfileAt({ partition: view.state, customerId, state, at });
  return standingBody(profile, { aliases, seqBase: view.ledger?.customerSeqBase ?? 0 });
}
