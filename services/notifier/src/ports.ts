import type {
  DeliveryQueue,
  GroupReader,
  Logger,
  LogReader,
  LogWriter,
  PositionKeeper,
  WallClock,
} from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import type { Alarm, Metrics } from '@strata/service-runtime';
import type { BreakerSettings } from './circuit-breaker.ts';
import type { CrashHook } from './crash-point.ts';
import type { WebhookPoster } from './steps/post-webhook.ts';
import type { SubscriptionSource } from './subscription.ts';

/**
 * What the notifier works with. The group and the queue are its own: it starts them and stops them.
 */
export interface NotifierPorts {
  readonly group: GroupReader;
  readonly log: LogReader;
  /** For letters of deliveries that were given up; takes several sends at once. Whoever opened it closes it. */
  readonly writer: LogWriter;
  readonly keeper: PositionKeeper;
  readonly queue: DeliveryQueue;
  /** By default over HTTP, with the limits of the settings. */
  readonly poster?: Pick<WebhookPoster, 'post' | 'close'>;
  /** Of the topic of the settings. */
  readonly serde: TopicSerde;
  readonly undeliveredSerde: TopicSerde;
  readonly clock: WallClock;
  readonly alarm: Alarm;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The process has to end. */
  readonly onFatal: (error: unknown) => void;
}

export interface NotifierSettings {
  readonly groupId: string;
  readonly topic: string;
  /** Whoever composes the notifier closes it. */
  readonly subscriptions: SubscriptionSource;
  readonly deliveryTimeoutMs: number;
  readonly arePrivateAddressesAllowed: boolean;
  /** How often silent partitions are held against the queue. */
  readonly positionCheckMs?: number;
  /** As many deliveries of an endpoint lie in the queue; what is more waits in the topic. */
  readonly pendingMax: number;
  /** An endpoint that has taken nothing for so long is disabled. */
  readonly disableAfterMs: number;
  /** How often backlogs and replays are looked at. */
  readonly feedMs?: number;
  /** How often it is told how far everything is, and whose endpoint has failed for too long. */
  readonly upkeepMs?: number;
  readonly breaker?: BreakerSettings;
  readonly at?: CrashHook;
}
