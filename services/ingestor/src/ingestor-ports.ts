import type { Identity, Minimisation, WireRecord } from '@strata/contracts';
import type { MarkerOf, TimeMode } from '@strata/domain';
import type { GroupReader, Logger, LogReader, LogWriter, Serde } from '@strata/pipeline';
import type { Metrics } from '@strata/service-runtime';
import type { CrashHook } from './crash-point.ts';

/** A serde that knows a writer's schema only after it was fetched. */
export interface PreparedSerde extends Serde<WireRecord> {
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
}

/**
 * Everything outside the ingestor. Real in `compose.ts`, in memory in tests and the embedded stack.
 */
export interface IngestorPorts {
  readonly group: GroupReader;
  /** Asked once, for the number of partitions and how the stack was opened. */
  readonly reader: Pick<LogReader, 'partitionCount' | 'bounds' | 'read' | 'tails'>;
  /** Used by the ingestor alone: a writer takes one send at a time. */
  readonly writer: LogWriter;
  /** By topic: the intake topics, the customer log and the dead letters. */
  readonly serde: (topic: string) => PreparedSerde;
  readonly seal: (bytes: Uint8Array) => Uint8Array;
  /** Keyed: what the dead letters of a customer are found by. */
  readonly markerOf: MarkerOf;
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
  /** Under which ids customers stand in the log. */
  readonly identity: Identity;
  readonly recordBytesMax: number;
  readonly groupId: string;
  readonly commitIntervalMs: number;
  readonly at?: CrashHook;
}
