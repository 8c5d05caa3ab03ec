import {
  type Dropped,
  type JsonObject,
  type RedriveSlip,
  signedRedriveSlipOf,
  TOPICS,
  type WireRecord,
} from '@strata/contracts';
import type { MarkerOf, TimeMode } from '@strata/domain';
import type { Serde, TopicRecord } from '@strata/pipeline';
import type { RowMapper } from '@strata/source-map';
import type { IngestorSettings } from './ingestor-ports.ts';
import type { Refused } from './outcome.ts';
import { identify } from './steps/identify.ts';
import { mapRecord, type Skipped } from './steps/map-record.ts';
import { type Parsed, parse } from './steps/parse.ts';
import { type Routed, route } from './steps/route.ts';
import { validate } from './steps/validate.ts';

export type GateSettings = Pick<
  IngestorSettings,
  'timeMode' | 'rules' | 'identity' | 'recordBytesMax' | 'maps'
>;

export interface GateParts {
  readonly serde: (topic: string) => Serde<WireRecord>;
  readonly markerOf: MarkerOf;
  readonly settings: GateSettings;
  /** Of the customer log. */
  readonly partitions: number;
}

/** The record as it goes on: one of the intake as itself, one of a mapped topic as all of its events. */
export interface Passed {
  readonly kind: 'passed';
  readonly routes: readonly Routed[];
}

/** What the gate says of a record. */
export interface GateOutcome {
  readonly outcome: Passed | Skipped | Refused;
  /** As far as it could be read; of a mapped record the object at fault. */
  readonly raw: JsonObject | null;
  readonly schemaId: number | null;
  readonly isMapped: boolean;
  /** Of a record that is redriven. */
  readonly slip: RedriveSlip | null;
}

export type Gate = (record: TopicRecord, onDropped: (dropped: Dropped) => void) => GateOutcome;

/**
 * The way of one intake record, without the sending: pure once the schemas that it names were
 * fetched. A refusal leaves it at once; nothing here waits for anything.
 */
export function createGate({ serde, markerOf, settings, partitions }: GateParts): Gate {
  const { rules, identity, recordBytesMax } = settings;
  /**
   * Where data time ends in the partitions of the topic of clock marks, as far as seen. What lies before it may come again
   * and is of data time still; a restart is told by its setting.
   */
  const liveFrom = new Map<number, number>();
  const timeModeOf = ({ topic, partition, offset }: TopicRecord): TimeMode => {
    const isLive = topic === TOPICS.events && offset > (liveFrom.get(partition) ?? Infinity);
    return isLive ? 'wall' : settings.timeMode;
  };

  function pass(record: TopicRecord, parsed: Parsed, context: Context): Routed | Refused {
    const { onDropped, isRedriven } = context;
    const timeMode = timeModeOf(record);
    const valid = validate(parsed, { topic: record.topic, timeMode, rules, onDropped });
    if (valid.kind === 'refused') return valid;
    if (valid.content.kind === 'went-live') {
      const known = liveFrom.get(record.partition) ?? Infinity;
      liveFrom.set(record.partition, Math.min(known, record.offset));
    }
    return route(identify(valid, identity), record, { timeMode, partitions, isRedriven });
  }

  function ofIntake(record: TopicRecord, context: Context): Ended {
    const parsed = parse(record, serde(record.topic), recordBytesMax);
    if (parsed.kind === 'refused') {
      return { outcome: parsed, raw: null, schemaId: parsed.schemaId, isMapped: false };
    }
    const { raw, schemaId } = parsed;
    const routed = pass(record, parsed, context);
    const outcome: Ended['outcome'] =
      routed.kind === 'refused' ? routed : { kind: 'passed', routes: [routed] };
    return { outcome, raw, schemaId, isMapped: false };
  }

  /** All of its events or none. */
  function ofMapped(record: TopicRecord, mapper: RowMapper, context: Context): Ended {
    const mapped = mapRecord(record, mapper, recordBytesMax);
    const about = { raw: null, schemaId: null, isMapped: true };
    if (mapped.kind !== 'mapped') return { ...about, outcome: mapped };
    const routes: Routed[] = [];
    for (const { fields, instants, columnOf } of mapped.drafts) {
      const parsed: Parsed = { kind: 'parsed', raw: fields, instants, schemaId: null };
      const routed = pass(record, parsed, context);
      if (routed.kind === 'refused') {
        const field = routed.field === null ? null : columnOf(routed.field);
        return { ...about, outcome: { ...routed, field }, raw: fields };
      }
      routes.push(routed);
    }
    return { ...about, outcome: { kind: 'passed', routes } };
  }

  return (record, onDropped) => {
    const slip = signedRedriveSlipOf(record, markerOf);
    const context = { onDropped, isRedriven: slip !== null };
    const mapper = settings.maps?.get(record.topic);
    const ended =
      mapper === undefined ? ofIntake(record, context) : ofMapped(record, mapper, context);
    return { ...ended, slip };
  };
}

type Ended = Omit<GateOutcome, 'slip'>;

interface Context {
  readonly onDropped: (dropped: Dropped) => void;
  readonly isRedriven: boolean;
}
