import {
  type DeadLetterReason,
  deadLetterToWire,
  type LetterState,
  type LetterSubject,
  letterStanding,
  letterSubjectHeaders,
  logRecordToWire,
  packOriginal,
  RETIRED_HEADER,
  type RedriveSlip,
  redriveHeader,
  type TierSnapshot,
  TOPICS,
  TRACE_HEADER,
  tierChangeEvent,
  tierChangeHeaders,
  tierChangeToWire,
  tierSnapshotToWire,
  withoutRedriveHeader,
} from '@strata/contracts';
import {
  decidingPolicy,
  type HandOver,
  handOverRecord,
  type LogRecord,
  type MarkerOf,
  type PartitionState,
  type RetiredOutput,
  type Standing,
  type TierChange,
} from '@strata/domain';
import { OUTPUT_NUMBER_HEADER, type OutputNumber } from '@strata/pipeline';
import { schemaIdOf } from '@strata/schema-registry';
import type { OutboxDraft } from '../outbox-draft.ts';
import type { ScorerPorts } from '../scorer-ports.ts';
import type { DecodedRecord } from './decode.ts';

type OutputPorts = Pick<ScorerPorts, 'serde' | 'seal' | 'markerOf'>;

/** A tier change goes out twice: as an event, and as where its customer stands now. */
export function writeTierChange(
  draft: OutboxDraft,
  change: TierChange,
  context: {
    partition: number;
    state: PartitionState;
    standing: Standing | null;
    serde: OutputPorts['serde'];
    /** Headers of the record that brought it about; null where none did. */
    headers: Headers | null;
  },
): void {
  const { partition, state, standing, serde, headers: origin } = context;
  const policy = decidingPolicy(state, change);
  const key = new TextEncoder().encode(change.customerId);
  draft.add(TOPICS.tierChanges, (number) => {
    const event = tierChangeEvent(change, { partition, ...number }, policy);
    const value = serde(TOPICS.tierChanges).encode(tierChangeToWire(event));
    return { key, value, headers: traced(tierChangeHeaders(event), origin) };
  });
  draft.add(TOPICS.tiers, (number) => {
    const snapshot = tierSnapshotOf(change, standing, number);
    const value = serde(TOPICS.tiers).encode(tierSnapshotToWire(snapshot));
    return { key, value, headers: numberHeader(number) };
  });
}

type Headers = Readonly<Record<string, Uint8Array>>;

/** What is followed goes on being followed: the bytes as they came, beside the output and in no number or hash of it. */
function traced(own: Headers, origin: Headers | null): Headers {
  const trace = origin?.[TRACE_HEADER];
  return trace === undefined ? own : { ...own, [TRACE_HEADER]: trace };
}

/** Where a tier change leaves its customer, whose standing after it is given. */
export function tierSnapshotOf(
  change: TierChange,
  standing: Standing | null,
  number: OutputNumber,
): TierSnapshot {
  const { customerId, customerSeq, segment, protectedUntil, effectiveAt, asOf, override } = change;
  return {
    customerId,
    tier: change.toTier,
    // Where a change keeps the tier, it has been held since before.
    since: change.fromTier === change.toTier ? (standing?.since ?? null) : effectiveAt,
    protectedUntil,
    policy: change.policy,
    policyVersion: change.policyVersion,
    segment,
    score: change.scoreMilli / 1_000,
    customerSeq,
    ...number,
    effectiveAt,
    asOf,
    override,
  };
}

/**
 * Goes out twice, as a tier change does: without a value, so that the one topic forgets where the customer stood, and
 * whoever reads the other in order learns it behind all that was told before.
 */
export function writeRetired(draft: OutboxDraft, { customerId, reason }: RetiredOutput): void {
  const key = new TextEncoder().encode(customerId);
  const retired = { [RETIRED_HEADER]: new TextEncoder().encode(reason) };
  for (const topic of [TOPICS.tierChanges, TOPICS.tiers]) {
    draft.add(topic, (number) => {
      return { key, value: null, headers: { ...numberHeader(number), ...retired } };
    });
  }
}

function numberHeader({ epoch, seq }: OutputNumber): Record<string, Uint8Array> {
  return { [OUTPUT_NUMBER_HEADER]: new TextEncoder().encode(`${epoch}.${seq}`) };
}

/**
 * A record for another customer's partition of the customer log, which tells repeats by the number inside. What is
 * forwarded is redriven still, where it was.
 */
export function writeHandOver(
  draft: OutboxDraft,
  handOver: HandOver,
  context: {
    partition: number;
    serde: OutputPorts['serde'];
    slip: RedriveSlip | null;
    headers: Headers;
  },
): void {
  const { partition, serde, slip } = context;
  const isForwarded = handOver.content.kind === 'forwarded';
  const own = slip !== null && isForwarded ? redriveHeader(slip) : {};
  const headers = traced(own, context.headers);
  draft.add(TOPICS.customerLog, ({ epoch, seq }) => {
    const record = handOverRecord(handOver, { partition, epoch, number: seq });
    const value = serde(TOPICS.customerLog).encode(logRecordToWire(record));
    return { key: new TextEncoder().encode(handOver.addressee), value, headers };
  });
}

/** What a refused record says of itself, as far as it may be told. */
export interface Refusal {
  readonly id: string;
  readonly reason: DeadLetterReason;
  readonly detail: string | null;
  readonly source: string | null;
  readonly type: string | null;
  /** Of a record that was redriven: its letter is replaced. */
  readonly slip: RedriveSlip | null;
}

/** The whole original, sealed; what stands beside it is free of personal data. Answers how the letter stands. */
export function writeDeadLetter(
  draft: OutboxDraft,
  { id, slip, ...refusal }: Refusal,
  context: { decoded: DecodedRecord; ports: OutputPorts; redrivesMax: number },
): LetterState {
  const { decoded, ports, redrivesMax } = context;
  const { topic, partition, offset, appendedAt, key, value, headers } = decoded.original;
  const standing = letterStanding({ id, seenAt: appendedAt }, slip, redrivesMax);
  const original = { key, value, headers: withoutRedriveHeader(headers) };
  const wire = deadLetterToWire({
    ...standing,
    ...refusal,
    topic,
    partition,
    offset,
    schemaId: value === null ? null : schemaIdOf(value),
    sizeBytes: value?.length ?? 0,
    sealed: ports.seal(packOriginal(original)),
  });
  draft.add(TOPICS.deadLetters, () => ({
    key: new TextEncoder().encode(standing.id),
    value: ports.serde(TOPICS.deadLetters).encode(wire),
    headers: traced(letterSubjectHeaders(subjectOf(decoded, ports.markerOf)), headers),
  }));
  return standing.state;
}

/**
 * The letter of a redriven record that was taken, or had been before, has served: a tombstone, in the same commit as
 * what the record did.
 */
export function writeLetterServed(draft: OutboxDraft, { letter }: RedriveSlip): void {
  const key = new TextEncoder().encode(letter);
  draft.add(TOPICS.deadLetters, () => ({ key, value: null, headers: {} }));
}

/** Of what cannot be read the key still says whose it is: the log is keyed by customer. */
function subjectOf({ content, original }: DecodedRecord, markerOf: MarkerOf): LetterSubject {
  if (content.kind === 'poison') {
    const { key } = original;
    const markers = key === null ? [] : [markerOf(new TextDecoder().decode(key))];
    return { markers, occurredAt: null };
  }
  const { record, customers } = content;
  const occurredAt = 'event' in record ? record.event.occurredAt : null;
  return { markers: [...new Set([...customers, ...othersIn(record)])].map(markerOf), occurredAt };
}

/** Whom a record names beside its own customer. */
function othersIn(record: LogRecord): readonly string[] {
  switch (record.kind) {
    case 'event':
    case 'forwarded': {
      const { event } = record;
      if (event.type === 'referral') return [event.customerId, event.referredCustomerId];
      return event.type === 'link' ? [event.customerId, event.linkedId] : [event.customerId];
    }
    case 'merge-asked':
    case 'merge-requested':
    case 'merge-handed':
    case 'merge-refused':
    case 'link-requested':
    case 'link-ended':
      return [record.survivorId, record.otherId];
    default:
      return [];
  }
}
