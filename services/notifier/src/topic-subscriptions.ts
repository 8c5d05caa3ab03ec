import { formatRfc3339 } from '@strata/contracts';
import type { Logger, WallClock } from '@strata/pipeline';
import type { Alarm } from '@strata/service-runtime';
import {
  type AskedTest,
  changeSubscription,
  type PresentSubscription,
  SubscriptionFault,
  SubscriptionLedger,
  standingChange,
  unsealFor,
  type WriterPorts,
} from '@strata/subscriptions';
import { NotifierFault } from './notifier-fault.ts';
import type { ReplayAsked, Subscription, SubscriptionSource } from './subscription.ts';
import { filtersOf } from './subscriptions.ts';
import { type SignWebhook, signWith } from './webhook-signature.ts';

/** A change takes effect within about this time. */
const POLL_MS = 500;
const BACK_OFF_MS_MAX = 10_000;
const ACTOR = 'notifier';

export interface TopicSubscriptionsPorts extends WriterPorts {
  readonly unseal: (sealed: Uint8Array) => Uint8Array;
  readonly clock: WallClock;
  readonly alarm: Alarm;
  readonly logger: Logger;
}

/** Subscriptions as the topic says them. It reads the topic whole at start, and follows it from then on. */
export class TopicSubscriptions implements SubscriptionSource {
  readonly #ports: TopicSubscriptionsPorts;
  readonly #ledger: SubscriptionLedger;
  readonly #listeners = new Set<() => void>();
  /** By id, why one cannot be delivered to. */
  readonly #sealedFast = new Map<string, string>();
  #current: ReadonlyMap<string, Subscription> = new Map();
  #replays: readonly ReplayAsked[] = [];
  #trouble: string | null = null;
  #failures = 0;
  #cancel = (): void => {};
  #look: Promise<void> = Promise.resolve();
  /** The look that has not begun yet. */
  #queued: Promise<void> | null = null;
  #isClosed = false;

  private constructor(ports: TopicSubscriptionsPorts) {
    this.#ports = ports;
    this.#ledger = new SubscriptionLedger(ports);
  }

  /** @throws NotifierFault where the topic cannot be read to its end: what nobody knows cannot be delivered. */
  static async open(ports: TopicSubscriptionsPorts): Promise<TopicSubscriptions> {
    const source = new TopicSubscriptions(ports);
    try {
      await source.#ledger.readOn();
    } catch (cause) {
      throw new NotifierFault(
        'STRATA_NOTIFIER_SUBSCRIPTIONS',
        'The topic strata.subscriptions.v1 cannot be read. Is the broker up, and was the deploy step run by this version?',
        { cause },
      );
    }
    source.#rebuild();
    source.#waitFor(POLL_MS);
    return source;
  }

  current(): ReadonlyMap<string, Subscription> {
    return this.#current;
  }

  replays(): readonly ReplayAsked[] {
    return this.#replays;
  }

  /** Tests that no notifier has taken yet, with the subscription of each. */
  waitingTests(): readonly { readonly subscription: string; readonly test: AskedTest }[] {
    return this.#ledger
      .present()
      .flatMap(({ id, tests }) =>
        tests.filter(({ takenBy }) => takenBy === null).map((test) => ({ subscription: id, test })),
      );
  }

  /** Why changes, or single subscriptions, have no effect; in sentences. */
  reasons(): readonly string[] {
    const sealed = [...this.#sealedFast].map(
      ([id, sentence]) =>
        `The secret of subscription ${id} does not open, so that its deliveries wait (${sentence}); ` +
        'give the notifier the key of the stack, or rotate the secret.',
    );
    return this.#trouble === null ? sealed : [this.#trouble, ...sealed];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Tells everybody that an endpoint takes nothing any more; false where it is not active, or gone. Whoever else
   * changed the subscription at that moment is no reason to leave it.
   */
  async disable(id: string, { failingSinceMs }: { failingSinceMs: number }): Promise<boolean> {
    const reason = `nothing was taken since ${formatRfc3339(failingSinceMs)}`;
    const request = { id, actor: ACTOR, reason };
    for (;;) {
      try {
        await changeSubscription(this.#ports, request, standingChange(id, 'subscription-disabled'));
        await this.readNow();
        return true;
      } catch (error) {
        if (!(error instanceof SubscriptionFault)) throw error;
        if (error.refusal !== 'changed-meanwhile') return false;
      }
    }
  }

  async catchUp(): Promise<void> {
    await this.readNow();
    if (this.#trouble !== null) {
      throw new NotifierFault('STRATA_NOTIFIER_SUBSCRIPTIONS', this.#trouble);
    }
  }

  /** Reads on without waiting for the next look. Calls that come while one waits for its turn share it. */
  readNow(): Promise<void> {
    this.#queued ??= this.#look.then(() => {
      this.#queued = null;
      return this.#readOn();
    });
    this.#look = this.#queued;
    return this.#queued;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#look;
  }

  #waitFor(afterMs: number): void {
    if (this.#isClosed) return;
    this.#cancel = this.#ports.alarm(afterMs, () => {
      void this.readNow().then(() =>
        this.#waitFor(Math.min(POLL_MS * 2 ** this.#failures, BACK_OFF_MS_MAX)),
      );
    });
  }

  async #readOn(): Promise<void> {
    let isChanged = false;
    try {
      await this.#ledger.readOn(({ isVoid }) => {
        if (!isVoid) isChanged = true;
      });
      this.#failures = 0;
      this.#trouble = null;
    } catch (error) {
      this.#failures = Math.min(this.#failures + 1, 10);
      this.#trouble = 'The topic of the subscriptions cannot be read: the last known ones hold.';
      const sentence = error instanceof Error ? error.message : String(error);
      this.#ports.logger.warn({ error: sentence }, 'Subscriptions could not be read; trying again');
    }
    if (!isChanged) return;
    this.#rebuild();
    for (const listener of this.#listeners) listener();
  }

  #rebuild(): void {
    const present = this.#ledger.present();
    this.#sealedFast.clear();
    this.#current = new Map(present.map((state) => [state.id, this.#subscriptionOf(state)]));
    this.#replays = present
      .flatMap((state) => this.#replaysOf(state))
      .toSorted((one, other) => one.askedAtMs - other.askedAtMs);
  }

  #subscriptionOf(state: PresentSubscription): Subscription {
    const { id, version, content, standing, heldSinceMs, activeFromMs, changedAtMs } = state;
    const sign = this.#signOf(state);
    const filters = { id, version, activeFromMs, ...filtersOf(content) };
    if (sign !== null) return { ...filters, sign, standing, heldSinceMs };
    // Its deliveries wait as those of a paused one do: nothing is lost, and nothing goes out unsigned.
    const isHeld = standing !== 'active';
    return {
      ...filters,
      sign: () => {
        throw new TypeError(`Broken invariant: subscription ${id} is held`);
      },
      standing: isHeld ? standing : 'paused',
      heldSinceMs: isHeld ? heldSinceMs : changedAtMs,
    };
  }

  #signOf({ id, secrets }: PresentSubscription): SignWebhook | null {
    try {
      return signWith(
        secrets.map(({ sealed, endsAtMs }) => ({
          secret: unsealFor(this.#ports.unseal, id, sealed),
          endsAtMs,
        })),
      );
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      this.#sealedFast.set(id, code);
      this.#ports.logger.error(
        { subscription: id, code },
        'The secret of a subscription does not open',
      );
      return null;
    }
  }

  #replaysOf({ id, replays }: PresentSubscription): readonly ReplayAsked[] {
    return replays.flatMap((replay): readonly ReplayAsked[] => {
      const { sealedCustomer, askedAtMs, sinceMs, untilMs, isGivenUp } = replay;
      const asked = { id: replay.id, subscription: id, askedAtMs, sinceMs, untilMs, isGivenUp };
      if (sealedCustomer === null) return [{ ...asked, customerId: null }];
      try {
        return [{ ...asked, customerId: unsealFor(this.#ports.unseal, id, sealedCustomer) }];
      } catch {
        this.#ports.logger.error(
          { subscription: id, replay: replay.id },
          'The customer of a replay does not open, and it is left out; ask for it again',
        );
        return [];
      }
    });
  }
}
