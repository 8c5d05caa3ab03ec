import {
  formatRfc3339,
  type TierChangeEvent,
  tierChangeToJson,
  traceparentOf,
} from '@strata/contracts';
import type { DeliveryJob, TopicRecord } from '@strata/pipeline';
import type { Subscription } from '../subscription.ts';

/**
 * What an endpoint receives. The same bytes at every try, so that two tries can be told to be one.
 */
export function webhookBody(change: TierChangeEvent): string {
  return JSON.stringify({
    type: `strata.tier.${change.type}`,
    timestamp: formatRfc3339(change.effectiveAt),
    data: tierChangeToJson(change),
  });
}

/**
 * One job per endpoint. The id is made of the event's and the subscription's, so adding a job again
 * is no second delivery; `webhook-id` stays the event's own for every endpoint, and for a replay.
 */
export function buildDeliveries(
  change: TierChangeEvent,
  subscriptions: readonly Subscription[],
  {
    record,
    replayId,
  }: {
    /** Of the topic, that it came from. */
    readonly record: Pick<TopicRecord, 'partition' | 'offset' | 'headers'>;
    readonly replayId: string | null;
  },
): DeliveryJob[] {
  if (subscriptions.length === 0) return [];
  const body = webhookBody(change);
  const { partition, offset, headers } = record;
  const origin = { partition, offset };
  const traceparent = traceparentOf(headers);
  const trace = traceparent === null ? {} : { traceparent };
  const ending = replayId === null ? '' : `.${replayId}`;
  return subscriptions.map(({ id }) => ({
    id: `${change.id}.${id}${ending}`,
    endpoint: id,
    body,
    eventId: change.id,
    subject: change.customerId,
    sequence: change.customerSeq,
    origin,
    replayId,
    ...trace,
  }));
}
