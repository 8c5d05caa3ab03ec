import {
  type Dropped,
  type RedriveSlip,
  signedRedriveSlipOf,
  type WireRecord,
} from '@strata/contracts';
import type { MarkerOf } from '@strata/domain';
import type { Serde, TopicRecord } from '@strata/pipeline';
import type { IngestorSettings } from './ingestor-ports.ts';
import type { Refused } from './outcome.ts';
import { identify } from './steps/identify.ts';
import { type Parsed, parse } from './steps/parse.ts';
import { type Routed, route } from './steps/route.ts';
import { validate } from './steps/validate.ts';

export type GateSettings = Pick<
  IngestorSettings,
  'timeMode' | 'rules' | 'identity' | 'recordBytesMax'
>;

export interface GateParts {
  readonly serde: (topic: string) => Serde<WireRecord>;
  readonly markerOf: MarkerOf;
  readonly settings: GateSettings;
  /** Of the customer log. */
  readonly partitions: number;
}

/** What the gate says of a record. */
export interface GateOutcome {
  /** How far it could be read at all. */
  readonly parsed: Parsed | Refused;
  readonly outcome: Routed | Refused;
  /** Of a record that is redriven. */
  readonly slip: RedriveSlip | null;
}

export type Gate = (record: TopicRecord, onDropped: (dropped: Dropped) => void) => GateOutcome;

/**
 * The way of one intake record, without the sending: pure once the schemas that it names were
 * fetched. A refusal leaves it at once; nothing here waits for anything.
 */
export function createGate({ serde, markerOf, settings, partitions }: GateParts): Gate {
  const { timeMode, rules, identity, recordBytesMax } = settings;
  return (record, onDropped) => {
    const slip = signedRedriveSlipOf(record, markerOf);
    const parsed = parse(record, serde(record.topic), recordBytesMax);
    if (parsed.kind === 'refused') return { parsed, outcome: parsed, slip };
    const valid = validate(parsed, { topic: record.topic, timeMode, rules, onDropped });
    if (valid.kind === 'refused') return { parsed, outcome: valid, slip };
    const isRedriven = slip !== null;
    const identified = identify(valid, identity);
    const outcome = route(identified, record, { timeMode, partitions, isRedriven });
    return { parsed, outcome, slip };
  };
}
