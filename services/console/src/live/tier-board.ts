import {
  PolicyBook,
  retiredReasonOf,
  type TierChangeEvent,
  type TierSnapshot,
  TOPICS,
  tierChangeFromWire,
  tierSnapshotFromWire,
} from '@strata/contracts';
import type { CauseKind, Policy, TierChangeType } from '@strata/domain';
import {
  freshnessOf,
  type OutputNumber,
  outputNumberOf,
  type TopicRecord,
  tpKey,
} from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { ChangeRate } from './change-rate.ts';
import { LatestChanges, type ListedChange } from './latest-changes.ts';

/** Customers of one tier under one policy. */
export interface TierCount {
  readonly tier: string;
  readonly customers: number;
}

export interface PolicyBoard {
  readonly name: string;
  readonly policy: Policy | null;
  /** Highest tier first. */
  readonly tiers: readonly TierCount[];
  readonly ungraded: number;
}

interface Held {
  readonly policy: string;
  readonly tier: string | null;
  /** The snapshot's own bytes; decoded when somebody asks for the customer. */
  readonly value: Uint8Array;
}

export type BoardEntry = readonly [customerId: string, held: Held];

export const BOARD_TOPICS = [TOPICS.tiers, TOPICS.tierChanges, TOPICS.policies] as const;
type BoardTopic = (typeof BOARD_TOPICS)[number];

/**
 * What the topics say, as a picture in memory: it is built again from their start by every console.
 */
export class TierBoard {
  readonly #serdes: Readonly<Record<BoardTopic, TopicSerde>>;
  readonly #book: PolicyBook;
  readonly #customers = new Map<string, Held>();
  /** By policy, then tier; the empty string stands for no tier. */
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #last = new Map<string, OutputNumber>();
  readonly #policies = new Map<string, Policy>();
  readonly #byType = new Map<TierChangeType, number>();
  readonly #byCause = new Map<CauseKind, number>();
  readonly latest = new LatestChanges();
  readonly rate = new ChangeRate();
  #changes = 0;
  #timeDemotions = 0;

  constructor(serdes: (topic: string) => TopicSerde) {
    this.#serdes = {
      [TOPICS.tiers]: serdes(TOPICS.tiers),
      [TOPICS.tierChanges]: serdes(TOPICS.tierChanges),
      [TOPICS.policies]: serdes(TOPICS.policies),
    };
    this.#book = new PolicyBook((value) => this.#serdes[TOPICS.policies].decode(value));
  }

  /** To be awaited before the records of a batch, which are of one topic, are applied. */
  async prepare(topic: string, records: readonly TopicRecord[]): Promise<void> {
    const serde = this.#serdes[topic as BoardTopic];
    await serde.prepare(records.map(({ value }) => value));
  }

  /** False where the record is a repeat. Throws a `SerdeFault` where it cannot be read. */
  apply(record: TopicRecord): boolean {
    if (record.topic === TOPICS.policies) {
      this.#applyPolicy(record);
      return true;
    }
    const number = outputNumberOf(record);
    const place = tpKey(record);
    if (freshnessOf(this.#last.get(place) ?? null, number) === 'repeat') return false;
    if (record.topic === TOPICS.tiers) this.#applySnapshot(record);
    else this.#applyChange(record);
    this.#last.set(place, number);
    return true;
  }

  customers(): number {
    return this.#customers.size;
  }

  changes(): number {
    return this.#changes;
  }

  /** Demotions that no event caused. */
  timeDemotions(): number {
    return this.#timeDemotions;
  }

  byType(): ReadonlyMap<TierChangeType, number> {
    return this.#byType;
  }

  byCause(): ReadonlyMap<CauseKind, number> {
    return this.#byCause;
  }

  policy(name: string): Policy | null {
    return this.#policies.get(name) ?? null;
  }

  /** Every policy that grades somebody or that holds, in the order in which they came. */
  policies(): readonly PolicyBoard[] {
    const names = new Set([...this.#policies.keys(), ...this.#counts.keys()]);
    return [...names].map((name) => {
      const counts = this.#counts.get(name) ?? new Map<string, number>();
      const policy = this.policy(name);
      const ladder = policy?.ladder ?? [];
      const strangers = [...counts.keys()].filter((tier) => tier !== '' && !ladder.includes(tier));
      const tiers = [...strangers.toSorted(), ...ladder].toReversed();
      return {
        name,
        policy,
        tiers: tiers.map((tier) => ({ tier, customers: counts.get(tier) ?? 0 })),
        ungraded: counts.get('') ?? 0,
      };
    });
  }

  /** The newest snapshot of a customer, null for one that is not known. */
  customer(customerId: string): TierSnapshot | null {
    const held = this.#customers.get(customerId);
    return held === undefined ? null : this.snapshotOf(held);
  }

  /** Everybody as of now, in no order. */
  entries(): readonly BoardEntry[] {
    return [...this.#customers];
  }

  snapshotOf({ value }: Held): TierSnapshot {
    return tierSnapshotFromWire(this.#serdes[TOPICS.tiers].decode(value));
  }

  #applySnapshot(record: TopicRecord): void {
    if (record.value === null) {
      this.#forget(Buffer.from(record.key ?? []).toString());
      return;
    }
    const { customerId, tier, policy } = tierSnapshotFromWire(
      this.#serdes[TOPICS.tiers].decode(record.value),
    );
    this.#forget(customerId);
    // A slice would keep the whole fetched buffer with it.
    this.#customers.set(customerId, { policy, tier, value: Buffer.from(record.value) });
    this.#count(policy, tier, 1);
  }

  #applyChange(record: TopicRecord): void {
    if (record.value === null) {
      this.#retire(record);
      return;
    }
    const change: TierChangeEvent = tierChangeFromWire(
      this.#serdes[TOPICS.tierChanges].decode(record.value),
    );
    this.#changes += 1;
    add(this.#byType, change.type);
    add(this.#byCause, change.cause.kind);
    if (change.type === 'demoted' && change.cause.kind === 'time') this.#timeDemotions += 1;
    this.rate.note(record.appendedAt);
    const listed: ListedChange = { position: this.#changes, appendedAt: record.appendedAt, change };
    this.latest.add(listed);
  }

  /** Behind every change of the customer in its topic; so what the list holds of an erased one goes at the right time. */
  #retire(record: TopicRecord): void {
    if (retiredReasonOf(record) !== 'erased') return;
    this.latest.drop(Buffer.from(record.key ?? []).toString());
  }

  /** Only the set that holds is shown. */
  #applyPolicy(record: TopicRecord): void {
    this.#book.take(record);
    const { inForce } = this.#book;
    if (inForce === null) return;
    this.#policies.clear();
    for (const policy of inForce.set.policies) this.#policies.set(policy.name, policy);
  }

  #forget(customerId: string): void {
    const held = this.#customers.get(customerId);
    if (held === undefined) return;
    this.#customers.delete(customerId);
    this.#count(held.policy, held.tier, -1);
  }

  #count(policy: string, tier: string | null, by: 1 | -1): void {
    const tiers = this.#counts.get(policy) ?? new Map<string, number>();
    this.#counts.set(policy, tiers);
    const key = tier ?? '';
    const count = (tiers.get(key) ?? 0) + by;
    if (count === 0) tiers.delete(key);
    else tiers.set(key, count);
    if (tiers.size === 0) this.#counts.delete(policy);
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
