import { type TierChangeEvent, tierChangeToJson } from '@strata/contracts';
import type { TierChangeType } from '@strata/domain';
import type { CustomerEnd, PlannedPost } from './scenario.ts';

/** Numbers that no two posts of a run, and no two runs, share. */
export interface RunNumbers {
  readonly runId: string;
  readonly nowMs: number;
  /** Offsets count up from here. */
  nextOffset: number;
}

export interface ToldChange {
  readonly seq: number;
  readonly type: TierChangeType;
  readonly from: string | null;
  readonly to: string;
  readonly fields?: Partial<TierChangeEvent>;
}

const LABELS = {
  bronze: { zh: '铜牌客户', en: 'Bronze' },
  silver: { zh: '银牌客户', en: 'Silver' },
  gold: { zh: '金牌客户', en: 'Gold' },
};

/** A customer of one scenario, and the tier changes that are told of it, whole as the notifier sends them. */
export class TestCustomer {
  readonly id: string;
  readonly #numbers: RunNumbers;

  constructor(id: string, numbers: RunNumbers) {
    this.id = id;
    this.#numbers = numbers;
  }

  tell(told: ToldChange): PlannedPost {
    const change = this.#change(told);
    return this.#post(change.id, {
      type: `strata.tier.${change.type}`,
      data: tierChangeToJson(change),
    });
  }

  /** As `tell`, with a type and fields that no version of Strata knows. */
  tellStrange(told: ToldChange, strange: { readonly type?: string; readonly fields: object }) {
    const change = this.#change(told);
    const type = strange.type ?? change.type;
    const data = { ...tierChangeToJson(change), type, ...strange.fields };
    return this.#post(change.id, { type: `strata.tier.${type}`, data, ...strange.fields });
  }

  /** A webhook that is about no tier at all. */
  tellOther(type: string, data: object): PlannedPost {
    return this.#post(this.#nextId(), { type, data: { customerId: this.id, ...data } });
  }

  ends(tier: string, min: number, max = min): CustomerEnd {
    return { customerId: this.id, tier, effects: { min, max } };
  }

  #post(id: string, content: { readonly type: string; readonly data: object }): PlannedPost {
    const timestamp = new Date(this.#numbers.nowMs).toISOString();
    return {
      id,
      body: JSON.stringify({ timestamp, ...content }),
      answer: 'taken',
      signatures: ['right'],
      signedBeforeMs: 0,
    };
  }

  #nextId(): string {
    this.#numbers.nextOffset += 1;
    return `0.${this.#numbers.nextOffset}.0`;
  }

  #change({ seq, type, from, to, fields }: ToldChange): TierChangeEvent {
    const at = this.#numbers.nowMs;
    const id = this.#nextId();
    return {
      id,
      partition: 0,
      epoch: 1,
      seq: this.#numbers.nextOffset,
      customerId: this.id,
      customerSeq: seq,
      type,
      fromTier: from,
      toTier: to,
      fromPolicy: null,
      labels: LABELS,
      segment: null,
      cause: { kind: 'event', ref: null },
      policy: 'conformance',
      policyVersion: 1,
      score: 250.125,
      dimensions: [
        { name: 'recency', value: 9, points: 4, weight: 25, borderBelow: 14, borderAbove: null },
      ],
      evidence: [`0:${this.#numbers.nextOffset}`],
      effectiveAt: at,
      decidedAt: at,
      asOf: at,
      protectedUntil: null,
      atRisk: null,
      override: null,
      withdraws: null,
      backfill: false,
      treatment: null,
      steps: null,
      ...fields,
    };
  }
}
