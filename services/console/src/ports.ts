import type { Identity } from '@strata/contracts';
import type {
  GroupReader,
  Logger,
  LogReader,
  StateStore,
  StateWalk,
  WallClock,
} from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import type { Metrics } from '@strata/service-runtime';
import type { AskedService } from '@strata/stack-figures';
import type { SubscriptionPorts } from './api/subscriptions/subscription-parts.ts';

/** What the console works with. The group is its own: it starts it and stops it. */
export interface ConsolePorts {
  readonly group: GroupReader;
  readonly log: LogReader;
  /** The scorer's, read and never written. */
  readonly store: StateStore & StateWalk;
  /** By topic, of those in `BOARD_TOPICS`. */
  readonly serdes: (topic: string) => TopicSerde;
  readonly clock: WallClock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The process has to end. */
  readonly onFatal: (error: unknown) => void;
  /** Where the API may show and change webhook subscriptions. */
  readonly subscriptions?: SubscriptionPorts;
  /** Why what the console asks over a network does not answer, in sentences. */
  readonly clientReasons?: () => readonly string[];
  /** What the other services of the stack say of themselves; where it is left out, nothing is known of them. */
  readonly askServices?: () => Promise<readonly AskedService[]>;
}

export interface ConsoleSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** File of the keys of the API; null where nobody has one. */
  readonly apiKeysFile: string | null;
  /** A throw-away group: the console keeps everything in memory and reads from the start. */
  readonly groupId: string;
  /** Streams of tier changes that may be open at once, and how patient they are. */
  readonly streams?: {
    readonly streamsMax?: number;
    readonly patienceMs?: number;
    readonly heartbeatMs?: number;
  };
  /** Under which ids customers stand; those that people know where it is left out. */
  readonly identity?: Identity;
}
