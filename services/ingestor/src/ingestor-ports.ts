import type { Identity, Minimisation, WireRecord } from '@strata/contracts';
import type { MarkerOf, TimeMode } from '@strata/domain';
import type { GroupReader, Logger, LogReader, LogWriter, Serde, WallClock } from '@strata/pipeline';
import type { Metrics } from '@strata/service-runtime';
import type { CrashHook } from './crash-point.ts';
import type { HttpOptions } from './http/http-variables.ts';
import type { TopicMaps } from './topic-maps.ts';

/** A serde that knows a writer's schema only after it was fetched. */
export interface PreparedSerde extends Serde<WireRecord> {
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
}

/**
 * Everything outside the ingestor. Real in `compose.ts`, in memory in tests and the embedded stack.
 */
export interface IngestorPorts {
  readonly group: GroupReader;
  /** Asked for the number of partitions and how the stack was opened, and then how far its ends are. */
  readonly reader: Pick<LogReader, 'partitionCount' | 'bounds' | 'read' | 'tails' | 'committed'>;
  /** Used by the ingestor alone: a writer takes one send at a time. */
  readonly writer: LogWriter;
  /** The same for what comes by HTTP; absent where `settings.http` is. */
  readonly httpWriter?: LogWriter;
  /** By topic: the intake topics, the customer log and the dead letters. */
  readonly serde: (topic: string) => PreparedSerde;
  readonly seal: (bytes: Uint8Array) => Uint8Array;
  /** Keyed: what the dead letters of a customer are found by, and redriven records are known by. */
  readonly markerOf: MarkerOf;
  /** Measures; nothing is decided by it. */
  readonly clock: WallClock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** The process has to end. */
  readonly onFatal: (error: unknown) => void;
}

export interface IngestorSettings {
  /**
   * Of the stack: in data time every event carries its own instant as the clock, and clock marks
   * are taken.
   */
  readonly timeMode: TimeMode;
  readonly rules: Minimisation;
  /** Topics of other systems that are read beside the intake. */
  readonly maps?: TopicMaps;
  /** Under which ids customers stand in the log. */
  readonly identity: Identity;
  readonly recordBytesMax: number;
  /** Refused again so often, a dead letter is quarantined. */
  readonly redrivesMax: number;
  /** Sources that metrics name; empty for the first that sent something of use. */
  readonly metricSources?: readonly string[];
  readonly groupId: string;
  readonly commitIntervalMs: number;
  /** Absent where nothing is taken by HTTP. */
  readonly http?: HttpOptions;
  readonly at?: CrashHook;
}
