import { formatRfc3339 } from './rfc3339.ts';
import type { TierChangeAddress, TierChangeBody, TierChangeEvent } from './tier-change-event.ts';
import type { WireRecord } from './wire-record.ts';

/**
 * The tier-change event between Avro, JSON and headers. The names are those of the contract, the
 * same in every form.
 */

const RECORD_NAME = 'strata.tiers.TierChange';

export function tierChangeToWire(event: TierChangeEvent): WireRecord {
  const treatment = event.treatment === null ? null : JSON.stringify(event.treatment);
  return { name: RECORD_NAME, body: { ...event, treatment } };
}

export function tierChangeFromWire({ body }: WireRecord): TierChangeEvent {
  const event = body as TierChangeEvent & { readonly treatment: string | null };
  return {
    ...event,
    labels: { ...event.labels },
    treatment: event.treatment === null ? null : (JSON.parse(event.treatment) as unknown),
  };
}

/**
 * The JSON form, in the contract's order of fields. A backtest has no partition, epoch and seq:
 * leave them out.
 */
export function tierChangeToJson(
  event: TierChangeBody & Partial<TierChangeAddress>,
): Record<string, unknown> {
  const { id, partition, epoch, seq } = event;
  return {
    id,
    ...(partition === undefined ? {} : { partition }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(seq === undefined ? {} : { seq }),
    customerId: event.customerId,
    customerSeq: event.customerSeq,
    type: event.type,
    fromTier: event.fromTier,
    toTier: event.toTier,
    fromPolicy: event.fromPolicy,
    labels: event.labels,
    segment: event.segment,
    cause: event.cause,
    policy: event.policy,
    policyVersion: event.policyVersion,
    score: event.score,
    dimensions: event.dimensions,
    evidence: event.evidence,
    effectiveAt: formatRfc3339(event.effectiveAt),
    decidedAt: formatRfc3339(event.decidedAt),
    asOf: formatRfc3339(event.asOf),
    protectedUntil: instantOrNull(event.protectedUntil),
    atRisk: event.atRisk && { ...event.atRisk, at: instantOrNull(event.atRisk.at) },
    override: event.override && {
      ...event.override,
      until: instantOrNull(event.override.until),
    },
    withdraws: event.withdraws,
    backfill: event.backfill,
    treatment: event.treatment,
    steps: event.steps,
  };
}

function instantOrNull(instant: number | null): string | null {
  return instant === null ? null : formatRfc3339(instant);
}

/**
 * CloudEvents attributes of the binary Kafka binding, and `strata-seq` as `<epoch>.<seq>`, by which
 * a reader drops repeats without reading the value. `ce_subject` is left out: it would put the
 * customer id where proxies log it.
 */
export function tierChangeHeaders(event: TierChangeEvent): Record<string, Uint8Array> {
  const texts: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: '/strata/scorer',
    ce_type: `strata.tier.${event.type}.v1`,
    ce_time: formatRfc3339(event.effectiveAt),
    'strata-seq': `${event.epoch}.${event.seq}`,
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [name, new TextEncoder().encode(value)]),
  );
}
