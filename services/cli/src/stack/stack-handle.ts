import type { WireRecord } from '@strata/contracts';
import type { TimeMode } from '@strata/domain';
import type {
  DeliveryCounts,
  LogReader,
  LogWriter,
  Serde,
  StateStore,
  TopicRecord,
} from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';

export const STACK_KINDS = ['local', 'docker', 'embedded'] as const;
export type StackKind = (typeof STACK_KINDS)[number];

export interface StackSerdes {
  readonly intake: Serde<WireRecord>;
  readonly customerLog: Serde<WireRecord>;
  readonly policies: Serde<WireRecord>;
  readonly tierChanges: Serde<WireRecord>;
  readonly tiers: Serde<WireRecord>;
  readonly deadLetters: Serde<WireRecord>;
  /** Any of them by its topic. */
  readonly of: (topic: string) => TopicSerde;
  /** Fetches what is needed to decode these records; decoding is synchronous from then on. */
  prepare(records: readonly TopicRecord[]): Promise<void>;
}

/**
 * A running stack as the commands see it: the same ports whether the parts are processes here, containers, or
 * memory of this very process.
 */
export interface StackHandle {
  readonly kind: StackKind;
  readonly time: TimeMode;
  /** Partitions of the customer log, and of the topics that mirror it. */
  readonly partitions: number;
  readonly reader: LogReader;
  readonly writer: LogWriter;
  readonly store: StateStore;
  readonly serdes: StackSerdes;
  readonly seal: (bytes: Uint8Array) => Uint8Array;
  deliveryCounts(): Promise<DeliveryCounts>;
  close(): Promise<void>;
}
