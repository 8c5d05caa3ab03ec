import {
  type DeadLetterReason,
  deadLetterToWire,
  logRecordToWire,
  packOriginal,
  type TierSnapshot,
  TOPICS,
  tierChangeEvent,
  tierChangeHeaders,
  tierChangeToWire,
  tierSnapshotToWire,
} from '@strata/contracts';
import {
  decidingPolicy,
  type HandOver,
  handOverRecord,
  type PartitionState,
  type RetiredOutput,
  type Standing,
  type TierChange,
} from '@strata/domain';
import { OUTPUT_NUMBER_HEADER, type OutputNumber, type TopicRecord } from '@strata/pipeline';
import type { OutboxDraft } from '../outbox-draft.ts';
import type { ScorerPorts } from '../scorer-ports.ts';

type OutputPorts = Pick<ScorerPorts, 'serde' | 'seal'>;

/** A tier change goes out twice: as an event, and as where its customer stands now. */
export function writeTierChange(
  draft: OutboxDraft,
  change: TierChange,
  context: {
    partition: number;
    state: PartitionState;
    standing: Standing | null;
    serde: OutputPorts['serde'];
  },
): void {
  const { partition, state, standing, serde } = context;
  const policy = decidingPolicy(state, change);
  const key = new TextEncoder().encode(change.customerId);
  draft.add(TOPICS.tierChanges, (number) => {
    const event = tierChangeEvent(change, { partition, ...number }, policy);
    const value = serde(TOPICS.tierChanges).encode(tierChangeToWire(event));
    return { key, value, headers: tierChangeHeaders(event) };
  });
  draft.add(TOPICS.tiers, (number) => {
    const snapshot = tierSnapshotOf(change, standing, number);
    const value = serde(TOPICS.tiers).encode(tierSnapshotToWire(snapshot));
    const header = new TextEncoder().encode(`${number.epoch}.${number.seq}`);
    return { key, value, headers: { [OUTPUT_NUMBER_HEADER]: header } };
  });
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

/** Why a customer left, on the tombstone that takes the place of its tier. */
const RETIRED_HEADER = 'strata-retired';

/** A customer who left: the newest of it is nothing, and a compacted topic forgets the rest. */
export function writeRetired(draft: OutboxDraft, { customerId, reason }: RetiredOutput): void {
  draft.add(TOPICS.tiers, (number) => ({
    key: new TextEncoder().encode(customerId),
    value: null,
    headers: {
      [OUTPUT_NUMBER_HEADER]: new TextEncoder().encode(`${number.epoch}.${number.seq}`),
      [RETIRED_HEADER]: new TextEncoder().encode(reason),
    },
  }));
}

/** A record for another customer's partition of the customer log, which tells repeats by the number inside. */
export function writeHandOver(
  draft: OutboxDraft,
  handOver: HandOver,
  { partition, serde }: { partition: number; serde: OutputPorts['serde'] },
): void {
  draft.add(TOPICS.customerLog, ({ epoch, seq }) => {
    const record = handOverRecord(handOver, { partition, epoch, number: seq });
    const value = serde(TOPICS.customerLog).encode(logRecordToWire(record));
    return { key: new TextEncoder().encode(handOver.addressee), value, headers: {} };
  });
}

/** The whole original, sealed; what stands beside it is free of personal data. */
export function writeDeadLetter(
  draft: OutboxDraft,
  letter: { id: string; reason: DeadLetterReason; detail: string | null; type: string | null },
  { original, ports }: { original: TopicRecord; ports: OutputPorts },
): void {
  const { topic, partition, offset, appendedAt, value } = original;
  const wire = deadLetterToWire({
    ...letter,
    topic,
    partition,
    offset,
    schemaId: schemaIdOf(value),
    firstSeenAt: appendedAt,
    redrives: 0,
    sizeBytes: value?.length ?? 0,
    sealed: ports.seal(packOriginal(original)),
  });
  draft.add(TOPICS.deadLetters, () => ({
    key: new TextEncoder().encode(letter.id),
    value: ports.serde(TOPICS.deadLetters).encode(wire),
    headers: {},
  }));
}

/** Confluent's envelope: a zero byte, then the schema id. */
function schemaIdOf(value: Uint8Array | null): number | null {
  if (value === null || value.length < 5 || value[0] !== 0) return null;
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(1);
}
