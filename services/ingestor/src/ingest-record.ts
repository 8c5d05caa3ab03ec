import {
  logRecordToWire,
  type RedriveSlip,
  redriveHeader,
  slipOfPart,
  TOPICS,
  traceHeader,
  traceIdOf,
  traceparentOf,
} from '@strata/contracts';
import { type OutgoingRecord, StrataError, type TopicRecord } from '@strata/pipeline';
import type { BatchTally } from './batch-tally.ts';
import { createGate, type GateOutcome } from './gate.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import { refused } from './outcome.ts';
import { Refusals } from './refusals.ts';
import type { Routed } from './steps/route.ts';

export type Ingest = (record: TopicRecord, tally: BatchTally) => readonly OutgoingRecord[];

type IngestPorts = Pick<IngestorPorts, 'serde' | 'markerOf' | 'seal' | 'logger'>;

/** What has to be written for a record: it goes on whole, becomes a dead letter, or is left out by its map. */
export function createIngest(
  ports: IngestPorts,
  settings: IngestorSettings,
  partitions: { readonly customerLog: number; readonly deadLetters: number },
): Ingest {
  const { serde, markerOf } = ports;
  const gate = createGate({ serde, markerOf, settings, partitions: partitions.customerLog });
  const customerLog = serde(TOPICS.customerLog);
  const refusals = new Refusals(ports, settings, partitions.deadLetters);

  function ingest(record: TopicRecord, tally: BatchTally): readonly OutgoingRecord[] {
    const passage = gate(record, tally.dropped);
    const { outcome, schemaId } = passage;
    const traceparent = traceparentOf(record.headers);
    if (traceparent !== null) tell(ports.logger, record, { outcome: outcome.kind, traceparent });
    if (outcome.kind === 'refused') {
      return [refusals.letterOf(record, outcome, { passage, tally })];
    }
    if (outcome.kind === 'skipped') {
      tally.skipped(outcome.reason);
      return ended(passage, tally);
    }
    const { routes } = outcome;
    const made = routes.map((routed, part) =>
      logRecord(routed, slipOf(passage, routes, part), traceparent),
    );
    if (made.includes(null)) {
      const unfit = refused('bad-field', { schemaId });
      return [refusals.letterOf(record, unfit, { passage, tally })];
    }
    count(routes, passage, tally);
    const appended = made.filter((it) => it !== null);
    return routes.length === 1 ? appended : [...appended, ...ended(passage, tally)];
  }

  function logRecord(
    { partition, key, record }: Routed,
    slip: RedriveSlip | null,
    traceparent: string | null,
  ): OutgoingRecord | null {
    const value = encoded(() => customerLog.encode(logRecordToWire(record)));
    if (value === null) return null;
    const headers = slip === null ? {} : redriveHeader(slip);
    const traced = traceparent === null ? headers : { ...headers, ...traceHeader(traceparent) };
    return { topic: TOPICS.customerLog, partition, key, value, headers: traced };
  }

  function count(
    routes: readonly Routed[],
    { isMapped, slip }: GateOutcome,
    tally: BatchTally,
  ): void {
    for (const { record } of routes) if (record.kind === 'event') refusals.learn(record.event);
    if (isMapped) tally.mapped(routes.length);
    else tally.ended(isOfClock(routes[0]) ? 'clock' : 'appended');
    if (slip !== null && routes.length === 1) tally.redriven('appended');
  }

  /** Nobody behind the gate ends the letter of what became several records, or none. */
  function ended({ slip }: GateOutcome, tally: BatchTally): readonly OutgoingRecord[] {
    if (slip === null) return [];
    tally.redriven('appended');
    return [refusals.served(slip)];
  }

  return ingest;
}

/** Only who is followed is told of, and only to who looks closely. */
function tell(
  logger: IngestPorts['logger'],
  { topic, partition, offset }: TopicRecord,
  { outcome, traceparent }: { readonly outcome: string; readonly traceparent: string },
): void {
  const fields = { topic, partition, offset, outcome, traceId: traceIdOf(traceparent) };
  logger.debug(fields, 'An intake record passed the gate');
}

const isOfClock = (routed: Routed | undefined): boolean =>
  routed?.record.kind === 'clock' || routed?.record.kind === 'went-live';

/** One record goes on under the letter that it has, each of several under one of its own. */
function slipOf(
  { slip }: GateOutcome,
  { length }: readonly Routed[],
  part: number,
): RedriveSlip | null {
  return slip === null || length === 1 ? slip : slipOfPart(slip, part);
}

/**
 * Null for an event that passed its contract and yet does not fit its schema: poison of a kind we
 * did not foresee, and no reason to stop.
 */
function encoded(encode: () => Uint8Array): Uint8Array | null {
  try {
    return encode();
  } catch (error) {
    if (error instanceof StrataError && error.code === 'STRATA_REGISTRY_VALUE_UNFIT') return null;
    throw error;
  }
}
