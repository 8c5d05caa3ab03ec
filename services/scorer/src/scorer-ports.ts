import type { WireRecord } from '@strata/contracts';
import type { FoldInput, FoldResult, MarkerOf, PartitionState } from '@strata/domain';
import type {
  GroupReader,
  Logger,
  LogReader,
  LogWriter,
  Serde,
  StateNotes,
  StateStore,
  WallClock,
} from '@strata/pipeline';
import type { Alarm } from '@strata/service-runtime';
import type { ScorerMetrics } from './metrics.ts';

/** The one function that decides. Pure: the same arguments give the same answer, for ever. */
export type Fold = (input: FoldInput) => FoldResult;

/** Synchronous once it was prepared: it then knows the schemas that these values were written with. */
export interface PreparedSerde extends Serde<WireRecord> {
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
}

/** Everything outside the scorer. Real in `compose.ts`, in memory in tests and the embedded stack. */
export interface ScorerPorts {
  readonly group: GroupReader;
  readonly reader: LogReader;
  /** For the outputs and hand-overs; used by the relay alone, because one idempotent producer may have one send at a time. */
  readonly outputWriter: LogWriter;
  /** For ticks and activations. */
  readonly customerLogWriter: LogWriter;
  readonly store: StateStore;
  /** Of the same partitions. */
  readonly notes: StateNotes;
  /** By topic: customer log, tier changes, tiers, dead letters and policies. */
  readonly serde: (topic: string) => PreparedSerde;
  readonly seal: (bytes: Uint8Array) => Uint8Array;
  /** Keyed: what the fold keeps of erased customers, and what dead letters are found by. */
  readonly markerOf: MarkerOf;
  readonly clock: WallClock;
  readonly alarm: Alarm;
  readonly logger: Logger;
  readonly metrics: ScorerMetrics;
  readonly fold: Fold;
  readonly initialPartition: (partition: number) => PartitionState;
  /** The process has to end. */
  readonly onFatal: (error: unknown) => void;
}
