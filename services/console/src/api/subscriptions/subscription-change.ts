import {
  type ChangeBody,
  changeSubscription,
  isPresent,
  SubscriptionFault,
  SubscriptionLedger,
  type SubscriptionState,
} from '@strata/subscriptions';
import { actorOf, expectedVersion, type SubscriptionAsk } from './subscription-answers.ts';
import type { SubscriptionPorts } from './subscription-parts.ts';

export async function ledgerOf(ports: SubscriptionPorts): Promise<SubscriptionLedger> {
  const ledger = new SubscriptionLedger(ports);
  await ledger.readOn();
  return ledger;
}

/** A change under the condition of the request. */
export async function changed(
  ports: SubscriptionPorts,
  ask: SubscriptionAsk,
  {
    reason,
    to,
  }: {
    readonly reason: string | null;
    readonly to: (before: SubscriptionState | undefined) => ChangeBody;
  },
): Promise<SubscriptionState> {
  const id = ask.params['id'] ?? '';
  const expected = expectedVersion(ask.headers['if-match']);
  if (expected === null) {
    // No version has such a tag, so the condition is false wherever the subscription is there.
    if (isPresent((await ledgerOf(ports)).state(id))) {
      throw new SubscriptionFault('changed-meanwhile', id);
    }
    throw new SubscriptionFault('unknown', id);
  }
  const request = { id, actor: actorOf(ask), reason };
  const condition = expected === undefined ? {} : { expectedVersion: expected };
  return changeSubscription(ports, { ...request, ...condition }, to);
}
