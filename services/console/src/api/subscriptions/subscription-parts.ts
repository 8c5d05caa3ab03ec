import type { Identity } from '@strata/contracts';
import type { WriterPorts } from '@strata/subscriptions';

/** What the console needs to show and change subscriptions. It seals secrets and cannot open any. */
export interface SubscriptionPorts extends WriterPorts {
  /** Null where the console has no key of the stack: then nothing can be created, rotated or replayed by customer. */
  readonly seal: ((bytes: Uint8Array) => Uint8Array) | null;
  /** Whether webhooks may go to private addresses, and by http. */
  readonly arePrivateAddressesAllowed: boolean;
}

export interface SubscriptionRouteParts {
  /** Null where this console has none. */
  readonly ports: SubscriptionPorts | null;
  readonly identity: Identity;
}
