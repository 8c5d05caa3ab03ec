import {
  ContractFault,
  type DeadLetterReason,
  type Dropped,
  GO_LIVE_CONTROL_TYPE,
  isClockControl,
  isErasureControl,
  isGoLiveControl,
  isMergeControl,
  isOverrideControl,
  type Minimisation,
  readClockControl,
  readErasureControl,
  readGoLiveControl,
  readIntakeEvent,
  readMergeControl,
  readOverrideControl,
  TOPICS,
} from '@strata/contracts';
import type {
  ClockMark,
  CustomerEvent,
  Erased,
  MergeAsked,
  OverrideRecord,
  TimeMode,
  WentLive,
} from '@strata/domain';
import { type Refused, refused } from '../outcome.ts';
import type { Parsed } from './parse.ts';

export interface Valid {
  readonly kind: 'valid';
  readonly content:
    | { readonly kind: 'event'; readonly event: CustomerEvent }
    | ClockMark
    | WentLive
    | OverrideRecord
    | MergeAsked
    | Erased;
  readonly schemaId: number | null;
}

/**
 * An object to an event with nothing in it that may not enter, or to a clock mark where one is
 * taken.
 */
export function validate(
  { raw, instants, schemaId }: Parsed,
  context: {
    readonly topic: string;
    readonly timeMode: TimeMode;
    readonly rules: Minimisation;
    readonly onDropped: (dropped: Dropped) => void;
  },
): Valid | Refused {
  if (isClockControl(raw)) return clockMark(raw, schemaId, context);
  if (isGoLiveControl(raw)) return goLive(raw, schemaId, context.topic);
  if (isOverrideControl(raw)) {
    const decision = {
      reason: 'override-not-allowed',
      read: () => readOverrideControl(raw),
    } as const;
    return decided(raw, decision, { schemaId, topic: context.topic });
  }
  if (isMergeControl(raw)) {
    const decision = { reason: 'merge-not-allowed', read: () => readMergeControl(raw) } as const;
    return decided(raw, decision, { schemaId, topic: context.topic });
  }
  if (isErasureControl(raw)) {
    const decision = {
      reason: 'erasure-not-allowed',
      read: () => readErasureControl(raw),
    } as const;
    return decided(raw, decision, { schemaId, topic: context.topic });
  }
  const result = readIntakeEvent(raw, { instants, rules: context.rules });
  if (result.dropped.size > 0) context.onDropped(result.dropped);
  if (result.kind === 'event') {
    return { kind: 'valid', content: { kind: 'event', event: result.event }, schemaId };
  }
  const { reason, field, type } = result;
  return refused(reason, { field, schemaId, type });
}

/**
 * Only an import in data time moves the clock by a message, and only on the topic that has the
 * partitions of the customer log: anybody else could demote people by it.
 */
function clockMark(
  raw: Readonly<Record<string, unknown>>,
  schemaId: number | null,
  { topic, timeMode }: { readonly topic: string; readonly timeMode: TimeMode },
): Valid | Refused {
  if (timeMode !== 'data' || topic !== TOPICS.events) {
    return refused('clock-not-allowed', { schemaId, type: 'clock' });
  }
  return control(() => readClockControl(raw), { schemaId, type: 'clock' });
}

/** Also in wall time: whether it changes anything is the fold's to say. It moves clocks, and so has their one way in. */
function goLive(
  raw: Readonly<Record<string, unknown>>,
  schemaId: number | null,
  topic: string,
): Valid | Refused {
  const about = { schemaId, type: GO_LIVE_CONTROL_TYPE };
  return topic === TOPICS.events
    ? control(() => readGoLiveControl(raw), about)
    : refused('clock-not-allowed', about);
}

/** A person's word. The topics of shops and desks take none: who may write there may not decide about customers. */
function decided(
  raw: Readonly<Record<string, unknown>>,
  { reason, read }: { reason: DeadLetterReason; read: () => OverrideRecord | MergeAsked | Erased },
  { schemaId, topic }: { schemaId: number | null; topic: string },
): Valid | Refused {
  const about = { schemaId, type: String(raw['type']) };
  return topic === TOPICS.events ? control(read, about) : refused(reason, about);
}

function control(
  read: () => Exclude<Valid['content'], { readonly kind: 'event' }>,
  about: { readonly schemaId: number | null; readonly type: string },
): Valid | Refused {
  try {
    return { kind: 'valid', content: read(), schemaId: about.schemaId };
  } catch (error) {
    if (!(error instanceof ContractFault)) throw error;
    return refused(error.reason, { field: error.field, ...about });
  }
}
