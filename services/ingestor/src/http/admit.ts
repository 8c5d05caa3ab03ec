import {
  ContractFault,
  type Dropped,
  eventToIntakeWire,
  type Identity,
  identifiedEvent,
  type Minimisation,
  parseStrictJson,
  TOPICS,
  tellableName,
  type WireRecord,
} from '@strata/contracts';
import type { CustomerEvent, TimeMode } from '@strata/domain';
import { type OutgoingRecord, partitionFor, type Serde, StrataError } from '@strata/pipeline';
import { ANY_SOURCE, type IntakeKey } from '@strata/service-runtime';
import { validate } from '../steps/validate.ts';
import type { LineReason } from './line-answer.ts';

export interface AdmitSettings {
  readonly timeMode: TimeMode;
  readonly rules: Minimisation;
  readonly identity: Identity;
  readonly recordBytesMax: number;
  /** Of `strata.intake.events.v1`. */
  readonly serde: Serde<WireRecord>;
  readonly partitions: number;
}

export type Admitted =
  | { readonly kind: 'record'; readonly record: OutgoingRecord; readonly dropped: Dropped | null }
  | { readonly kind: 'refused'; readonly reason: LineReason; readonly field: string | null };

/** No topic: what may come by the topic of imports alone (clock marks, decisions) comes by no key. */
const NO_TOPIC = 'http';

/**
 * A line to a record of `strata.intake.events.v1`, checked as the ingestor checks it, so that what
 * is accepted here is not refused there, and with nothing in it that may not enter.
 */
export function admit(line: Uint8Array, key: IntakeKey, settings: AdmitSettings): Admitted {
  const { timeMode, rules, recordBytesMax } = settings;
  let dropped: Dropped | null = null;
  const onDropped = (found: Dropped): void => void (dropped = found);
  let event: CustomerEvent;
  try {
    const raw = parseStrictJson(line, recordBytesMax);
    const parsed = { kind: 'parsed', raw, instants: 'rfc3339', schemaId: null } as const;
    const valid = validate(parsed, { topic: NO_TOPIC, timeMode, rules, onDropped });
    if (valid.kind === 'refused') return refused(valid.reason, valid.field);
    if (valid.content.kind !== 'event') return refused('unknown-type', 'type');
    event = valid.content.event;
  } catch (error) {
    if (error instanceof ContractFault) return refused(error.reason, error.field);
    throw error;
  }
  if (!key.sources.includes(event.source) && !key.sources.includes(ANY_SOURCE)) {
    return refused('wrong-source', 'source');
  }
  const record = recordOf(event, settings);
  return record === null ? refused('bad-field', null) : { kind: 'record', record, dropped };
}

/**
 * In the partition of the customer whom the gate will make of it, where clock marks do not overtake it, and with the ids
 * that came, so that the gate makes them. Null where it fits no schema.
 */
function recordOf(
  event: CustomerEvent,
  { serde, identity, partitions }: Pick<AdmitSettings, 'serde' | 'identity' | 'partitions'>,
): OutgoingRecord | null {
  try {
    const key = Buffer.from(identifiedEvent(event, identity).customerId);
    const value = serde.encode(eventToIntakeWire(event));
    const partition = partitionFor(key, partitions);
    return { topic: TOPICS.events, partition, key, value, headers: {} };
  } catch (error) {
    if (error instanceof StrataError && error.code === 'STRATA_REGISTRY_VALUE_UNFIT') return null;
    throw error;
  }
}

function refused(reason: LineReason, field: string | null): Admitted {
  return { kind: 'refused', reason, field: field === null ? null : tellableName(field) };
}
