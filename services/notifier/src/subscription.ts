import type { TierDirection } from '@strata/contracts';
import type { TierChangeType } from '@strata/domain';
import type { DeliverMode, Standing } from '@strata/subscriptions';
import type { SignWebhook } from './webhook-signature.ts';

/** Who wants to hear of which changes, and how. A filter that is null lets everything through. */
export interface Subscription {
  readonly id: string;
  /** Of its history; 1 for what a file says. */
  readonly version: number;
  readonly url: URL;
  /** With every secret that holds at the instant of sending. */
  readonly sign: SignWebhook;
  readonly types: readonly TierChangeType[] | null;
  readonly directions: readonly TierDirection[] | null;
  /** The tier that the customer has after the change. */
  readonly tiers: readonly string[] | null;
  /** The segment of the customer; who has none matches no name. */
  readonly segments: readonly string[] | null;
  /** Rungs of the ladder that a change has to span; 1 lets every change through. */
  readonly minimumSteps: number;
  /** Changes that a backfill brought about are silent unless asked for. */
  readonly hasBackfill: boolean;
  /** Also wants to hear of endpoints: one disabled, a delivery given up. */
  readonly isOperational: boolean;
  readonly deliver: DeliverMode;
  /** Webhooks in flight to this endpoint at once. */
  readonly concurrency: number;
  /** Webhooks started in a second at most; null for no limit. */
  readonly perSecond: number | null;
  readonly standing: Standing;
  /** Only tier changes that the broker appended at or after this instant are delivered. */
  readonly activeFromMs: number;
  /** When it was paused or disabled; null while it is active. */
  readonly heldSinceMs: number | null;
}

/** Somebody asked for tier changes of the past again. Bounds are append times of the broker. */
export interface ReplayAsked {
  readonly id: string;
  /** The id of the subscription. */
  readonly subscription: string;
  readonly askedAtMs: number;
  /** Inclusive; null from the beginning. */
  readonly sinceMs: number | null;
  /** Exclusive; null up to `askedAtMs`. */
  readonly untilMs: number | null;
  /** Only changes of this customer; null for those of all. */
  readonly customerId: string | null;
  /** Only deliveries that were given up. */
  readonly isGivenUp: boolean;
}

/** The subscriptions that hold now. What `current` gave once does not change; a change gives another map. */
export interface SubscriptionSource {
  /** By id. */
  current(): ReadonlyMap<string, Subscription>;
  /** Oldest first; of subscriptions that are gone none. */
  replays(): readonly ReplayAsked[];
  /** Called after `current` or `replays` changed. Gives what ends the calls. */
  onChange(listener: () => void): () => void;
  /**
   * Disables one whose endpoint takes nothing; false where it is not active any more. Absent where somebody else
   * declares what is subscribed.
   */
  disable?(id: string, why: { readonly failingSinceMs: number }): Promise<boolean>;
  /**
   * Waits until `current` knows every change appended before the call; rejects where that cannot be read. To be awaited
   * before tier changes are matched, so that who subscribed shortly before them gets them. Absent where nothing changes.
   */
  catchUp?(): Promise<void>;
  close(): Promise<void>;
}
