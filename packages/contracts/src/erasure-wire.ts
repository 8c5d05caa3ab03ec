import type {
  AliasErased,
  Erased,
  HandOverOrigin,
  ReferralEnded,
  ReferrerErased,
} from '@strata/domain';
import type { WireRecord } from './wire-record.ts';

/** An erasure, and what it tells other partitions, between the customer log and the domain. */
const NAMES = {
  erased: 'strata.log.Erased',
  'alias-erased': 'strata.log.AliasErased',
  'referral-ended': 'strata.log.ReferralEnded',
  'referrer-erased': 'strata.log.ReferrerErased',
} as const;
const KINDS = new Map(
  Object.entries(NAMES).map(([kind, name]) => [name as string, kind as keyof typeof NAMES]),
);

type ErasureRecord = Erased | AliasErased | ReferralEnded | ReferrerErased;

interface DecisionBody {
  readonly erasureId: string;
  readonly customerId: string;
  readonly reason: string;
  readonly actor: string;
  readonly at: number;
  readonly from: HandOverOrigin;
}

interface NameBody {
  readonly referrerId: string;
  readonly referredId: string;
  readonly at: number;
  readonly renamedTo: string | null;
  readonly from: HandOverOrigin;
}

export function isErasureName(name: string): boolean {
  return KINDS.has(name);
}

export function erasureToWire(record: ErasureRecord): WireRecord {
  const name = NAMES[record.kind];
  switch (record.kind) {
    case 'erased': {
      const { id: erasureId, customerId, reason, actor } = record;
      return { name, body: { erasureId, customerId, reason, actor } };
    }
    case 'alias-erased': {
      const { id: erasureId, customerId, at, from } = record;
      return { name, body: { erasureId, customerId, at, from } };
    }
    case 'referral-ended': {
      const { referrerId, referredId, at, renamedTo, from } = record;
      return { name, body: { referrerId, referredId, at, renamedTo, from } };
    }
    case 'referrer-erased': {
      const { referrerId, referredId, at, from } = record;
      return { name, body: { referrerId, referredId, at, from } };
    }
  }
}

/** Field by field, so that the decoder's own objects do not travel on. */
export function erasureFromWire({ name, body }: WireRecord): ErasureRecord {
  const { erasureId: id, customerId, reason, actor, at, ...decision } = body as DecisionBody;
  const { referrerId, referredId, renamedTo } = body as NameBody;
  const kind = KINDS.get(name) as keyof typeof NAMES;
  if (kind === 'erased') return { kind, id, customerId, reason, actor };
  const { partition, epoch, number } = decision.from;
  const from = { partition, epoch, number };
  switch (kind) {
    case 'alias-erased':
      return { kind, id, customerId, at, from };
    case 'referral-ended':
      return { kind, referrerId, referredId, at, renamedTo, from };
    case 'referrer-erased':
      return { kind, referrerId, referredId, at, from };
  }
}
