import {
  type EpochBegan,
  type LogRecord,
  type ReferralMade,
  TIME_MODES,
  type TimeMode,
  type WentLive,
} from '@strata/domain';
import { type CalibratedBody, calibrationFromWire, calibrationToWire } from './calibration-wire.ts';
import { ContractFault } from './contract-fault.ts';
import { erasureFromWire, erasureToWire, isErasureName } from './erasure-wire.ts';
import { baseFromLog, type EventDefinition, type LogBase } from './event-definition.ts';
import { definitionOf, EVENT_DEFINITIONS } from './event-definitions.ts';
import { isLinkName, linkFromWire, linkToWire } from './link-wire.ts';
import { isMergeName, mergeFromWire, mergeToWire } from './merge-wire.ts';
import {
  OVERRIDE_CLEARED,
  OVERRIDE_SET,
  overrideFromWire,
  overrideToWire,
} from './override-wire.ts';
import { isPolicyName, policyFromWire, policyToWire } from './policy-wire.ts';
import { type RatesBody, ratesFromWire, ratesToWire } from './rates-wire.ts';
import type { WireRecord } from './wire-record.ts';

/**
 * The customer log between its Avro form and the domain. A record that decodes was written by a
 * service of ours, so nothing is validated twice.
 */

const STACK_OPENED = 'strata.log.StackOpened';
const CALIBRATED = 'strata.log.Calibrated';
const RATES_PUBLISHED = 'strata.log.RatesPublished';
const RATES_CORRECTED = 'strata.log.RatesCorrected';
const CLOCK = 'strata.log.Clock';
const WENT_LIVE = 'strata.log.WentLive';
const EPOCH_BEGAN = 'strata.log.EpochBegan';
const TICK = 'strata.log.Tick';
const REFERRAL_MADE = 'strata.log.ReferralMade';
const REFERRAL_CONVERTED = 'strata.log.ReferralConverted';

const EVENTS_BY_RECORD: ReadonlyMap<string, EventDefinition> = new Map(
  EVENT_DEFINITIONS.map((definition) => [definition.recordName, definition]),
);

/** A record of the customer log, ready for Avro. */
export function logRecordToWire(record: LogRecord): WireRecord {
  switch (record.kind) {
    case 'event': {
      const { event, clockAt = null } = record;
      const { source, eventId, customerId, occurredAt, channel = null } = event;
      const definition = definitionOf(event.type);
      const base = { source, eventId, customerId, occurredAt, channel, clockAt };
      return { name: definition.recordName, body: { ...base, ...definition.toLog(event) } };
    }
    case 'stack-opened': {
      const { time, partitions, ledgerHorizonDays, pseudonymKeyId = null } = record;
      const body = { time, partitions, ledgerHorizonDays, pseudonymKeyId };
      return { name: STACK_OPENED, body };
    }
    case 'policy-activated':
    case 'sweep':
      return policyToWire(record);
    case 'calibrated':
      return { name: CALIBRATED, body: calibrationToWire(record) };
    case 'rates-published':
      return { name: RATES_PUBLISHED, body: ratesToWire(record.table) };
    case 'rates-corrected':
      return { name: RATES_CORRECTED, body: ratesToWire(record.table) };
    case 'clock':
      return { name: CLOCK, body: { at: record.at } };
    case 'went-live': {
      const { at, announceFrom } = record;
      return { name: WENT_LIVE, body: { at, announceFrom } };
    }
    case 'epoch-began': {
      const { epoch, customerSeqBase, foldVersion } = record;
      return { name: EPOCH_BEGAN, body: { epoch, customerSeqBase, foldVersion } };
    }
    case 'tick':
      return { name: TICK, body: { customerIds: record.customerIds } };
    case 'referral-made':
      return { name: REFERRAL_MADE, body: referralBody(record) };
    case 'referral-converted':
      return { name: REFERRAL_CONVERTED, body: referralBody(record) };
    case 'override-set':
    case 'override-cleared':
      return overrideToWire(record);
    case 'erased':
    case 'alias-erased':
    case 'referral-ended':
    case 'referrer-erased':
      return erasureToWire(record);
    case 'merge-asked':
    case 'merge-requested':
    case 'merge-handed':
    case 'merge-refused':
    case 'forwarded':
      return mergeToWire(record);
    case 'link-requested':
    case 'link-ended':
      return linkToWire(record);
  }
}

/**
 * The record of the customer log behind a decoded Avro record; throws a `ContractFault` for a kind
 * that this version does not know.
 */
export function logRecordFromWire({ name, body }: WireRecord): LogRecord {
  const definition = EVENTS_BY_RECORD.get(name);
  if (definition !== undefined) {
    const base = body as LogBase;
    const event = definition.fromLog(baseFromLog(base), body);
    return base.clockAt === null
      ? { kind: 'event', event }
      : { kind: 'event', event, clockAt: base.clockAt };
  }
  if (isMergeName(name)) return mergeFromWire({ name, body });
  if (isErasureName(name)) return erasureFromWire({ name, body });
  if (isLinkName(name)) return linkFromWire({ name, body });
  if (isPolicyName(name)) return policyFromWire({ name, body });
  switch (name) {
    case STACK_OPENED:
      return stackOpened(body as StackOpenedBody);
    case CALIBRATED:
      return { kind: 'calibrated', ...calibrationFromWire(body as CalibratedBody) };
    case RATES_PUBLISHED:
      return { kind: 'rates-published', table: ratesFromWire(body as RatesBody) };
    case RATES_CORRECTED:
      return { kind: 'rates-corrected', table: ratesFromWire(body as RatesBody) };
    case CLOCK:
      return { kind: 'clock', at: (body as { readonly at: number }).at };
    case WENT_LIVE: {
      const { at, announceFrom } = body as Omit<WentLive, 'kind'>;
      return { kind: 'went-live', at, announceFrom };
    }
    case EPOCH_BEGAN: {
      const { epoch, customerSeqBase, foldVersion } = body as Omit<EpochBegan, 'kind'>;
      return { kind: 'epoch-began', epoch, customerSeqBase, foldVersion };
    }
    case TICK:
      return {
        kind: 'tick',
        customerIds: (body as { readonly customerIds: readonly string[] }).customerIds,
      };
    case REFERRAL_MADE:
      return { kind: 'referral-made', ...referralBody(body as ReferralBody) };
    case REFERRAL_CONVERTED:
      return { kind: 'referral-converted', ...referralBody(body as ReferralBody) };
    case OVERRIDE_SET:
    case OVERRIDE_CLEARED:
      return overrideFromWire({ name, body });
    default:
      throw new ContractFault(
        'unknown-type',
        null,
        `The customer log holds a ${name} record, which this version does not know; run a newer one.`,
      );
  }
}

type ReferralBody = Omit<ReferralMade, 'kind'>;

/** Field by field, so that the decoder's own objects do not travel on. */
function referralBody({ referrerId, referredId, at, from }: ReferralBody): ReferralBody {
  const { partition, epoch, number } = from;
  return { referrerId, referredId, at, from: { partition, epoch, number } };
}

interface StackOpenedBody {
  readonly time: string;
  readonly partitions: number;
  readonly ledgerHorizonDays: number;
  readonly pseudonymKeyId: string | null;
}

function stackOpened(body: StackOpenedBody): LogRecord {
  const { time, partitions, ledgerHorizonDays, pseudonymKeyId } = body;
  if (!TIME_MODES.includes(time as TimeMode)) {
    throw new ContractFault(
      'bad-field',
      'time',
      'The stack was opened in a time mode we do not know.',
    );
  }
  const opened = { time: time as TimeMode, partitions, ledgerHorizonDays };
  return {
    kind: 'stack-opened',
    ...opened,
    ...(pseudonymKeyId === null ? {} : { pseudonymKeyId }),
  };
}
