import type { OverrideKind, OverrideRecord } from '@strata/domain';
import type { WireRecord } from './wire-record.ts';

/** A person's decision between the customer log and the domain. */
export const OVERRIDE_SET = 'strata.log.OverrideSet';
export const OVERRIDE_CLEARED = 'strata.log.OverrideCleared';

interface OverrideBody {
  readonly overrideId: string;
  readonly customerId: string;
  readonly reason: string;
  readonly actor: string;
  readonly clockAt: number | null;
}

interface OverrideSetBody extends OverrideBody {
  readonly kind: string;
  readonly tier: string;
  readonly until: number | null;
}

export function overrideToWire(record: OverrideRecord): WireRecord {
  const { id: overrideId, customerId, clockAt = null } = record;
  if (record.kind === 'override-cleared') {
    const { reason, actor } = record;
    return { name: OVERRIDE_CLEARED, body: { overrideId, customerId, reason, actor, clockAt } };
  }
  return { name: OVERRIDE_SET, body: { overrideId, customerId, ...record.override, clockAt } };
}

/** What was written was checked before, so that nothing is here. */
export function overrideFromWire({ name, body }: WireRecord): OverrideRecord {
  const { overrideId: id, customerId, reason, actor, clockAt } = body as OverrideBody;
  const base = { id, customerId, ...(clockAt === null ? {} : { clockAt }) };
  if (name === OVERRIDE_CLEARED) return { kind: 'override-cleared', ...base, reason, actor };
  const { kind, tier, until } = body as OverrideSetBody;
  const override = { kind: kind as OverrideKind, tier, reason, actor, until };
  return { kind: 'override-set', ...base, override };
}
