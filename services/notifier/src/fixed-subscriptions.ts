import type { ReplayAsked, Subscription, SubscriptionSource } from './subscription.ts';

/** Subscriptions that a file declares: the same for as long as the process runs. */
export class FixedSubscriptions implements SubscriptionSource {
  readonly #byId: ReadonlyMap<string, Subscription>;

  constructor(subscriptions: readonly Subscription[]) {
    this.#byId = new Map(subscriptions.map((each) => [each.id, each]));
  }

  current(): ReadonlyMap<string, Subscription> {
    return this.#byId;
  }

  replays(): readonly ReplayAsked[] {
    return [];
  }

  onChange(): () => void {
    return () => {};
  }

  async close(): Promise<void> {}
}
