import type { Identity } from '@strata/contracts';
import type { MarkerOf, TimeMode } from '@strata/domain';
import type {
  DeliveryQueue,
  LogReader,
  LogWriter,
  StateNotes,
  StateStore,
  StateWalk,
} from '@strata/pipeline';
import type { AskedService } from '@strata/stack-figures';
import type { TryGate } from './open-gate.ts';
import type { StackSerdes } from './stack-serdes.ts';

export const STACK_KINDS = ['local', 'docker', 'embedded'] as const;
export type StackKind = (typeof STACK_KINDS)[number];

export type DeliveryLook = Pick<DeliveryQueue, 'counts' | 'countAbout' | 'position'>;

export interface TopicRetention {
  /** Only the newest record of a key stays. */
  readonly isCompacted: boolean;
  /** After at most so many milliseconds a record is gone; null for never. A topic drops whole segments, once closed. */
  readonly goneAfterMs: number | null;
}

/**
 * A running stack as the commands see it: the same ports whether the parts are processes here, containers, or
 * memory of this very process.
 */
export interface StackHandle {
  readonly kind: StackKind;
  /** Wall time from `toWallTime` on. */
  readonly time: TimeMode;
  /** Partitions of the customer log, and of the topics that mirror it. */
  readonly partitions: number;
  readonly reader: LogReader;
  readonly writer: LogWriter;
  readonly store: StateStore & StateWalk & StateNotes;
  readonly serdes: StackSerdes;
  /** Whether webhooks of the stack may go to private addresses, and by http. */
  readonly arePrivateAddressesAllowed: boolean;
  readonly seal: (bytes: Uint8Array) => Uint8Array;
  /** The original of a dead letter holds personal data: whoever asks for it has to have been asked for it. */
  readonly unseal: (sealed: Uint8Array) => Uint8Array;
  /** What the ingestor of the stack would say of records. */
  readonly tryGate: TryGate;
  /** Under which ids the customers of the stack stand. */
  readonly identity: Identity;
  /** As the services of the stack mark erased customers. */
  readonly markerOf: MarkerOf;
  /** What its services say of themselves, where they run in this process; else nothing. */
  askServices(): Promise<readonly AskedService[]>;
  /** For as long as `look` takes. */
  lookAtDeliveries<T>(look: (queue: DeliveryLook) => Promise<T>): Promise<T>;
  /** How long records stay in topics; null where they end with this process. */
  retention(topics: readonly string[]): Promise<ReadonlyMap<string, TopicRetention> | null>;
  /** The stack has gone live: what its commands do from here on is done in wall time. */
  toWallTime(): void;
  close(): Promise<void>;
}
