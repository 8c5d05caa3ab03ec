import type { DeliveryQueue, GroupReader, Logger, LogReader, WallClock } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import type { Alarm, Metrics } from '@strata/service-runtime';
import type { CrashHook } from './crash-point.ts';
import type { WebhookPoster } from './steps/post-webhook.ts';
import type { SubscriptionSource } from './subscription.ts';

/**
 * What the notifier works with. The group and the queue are its own: it starts them and stops them.
 */
export interface NotifierPorts {
  readonly group: GroupReader;
  readonly log: LogReader;
  readonly queue: DeliveryQueue;
  /** By default over HTTP, with the limits of the settings. */
  readonly poster?: Pick<WebhookPoster, 'post' | 'close'>;
  /** Of the topic of the settings. */
  readonly serde: TopicSerde;
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
  readonly at?: CrashHook;
}
