import { readFile } from 'node:fs/promises';
import type { HealthReport } from '@strata/service-runtime';
import { DeliverTests } from './deliver-tests.ts';
import { FixedSubscriptions } from './fixed-subscriptions.ts';
import { JoinedSubscriptions } from './joined-subscriptions.ts';
import { NotifierFault } from './notifier-fault.ts';
import { WebhookPoster } from './steps/post-webhook.ts';
import type { SubscriptionSource } from './subscription.ts';
import { parseSubscriptions } from './subscriptions.ts';
import { TopicSubscriptions, type TopicSubscriptionsPorts } from './topic-subscriptions.ts';

export interface OpenSubscriptionsSettings {
  /** A file that declares subscriptions beside those of the topic; null for none. */
  readonly file: string | null;
  readonly deliveryTimeoutMs: number;
  /** Also lets webhooks go by http. */
  readonly arePrivateAddressesAllowed: boolean;
}

export interface OpenSubscriptions {
  readonly source: SubscriptionSource;
  /** What the health report of the notifier says beside its own. */
  report(): Pick<HealthReport, 'reasons'> & { readonly details: Readonly<Record<string, unknown>> };
  close(): Promise<void>;
}

/** Opens the topic and the file, and begins to send the tests that are asked for. */
export async function openSubscriptions(
  ports: TopicSubscriptionsPorts,
  settings: OpenSubscriptionsSettings,
): Promise<OpenSubscriptions> {
  const declared = await readDeclared(settings);
  const followed = await TopicSubscriptions.open(ports);
  const source = new JoinedSubscriptions({ declared, followed });
  const clashes = source.clashes();
  if (source.current().size === 0) {
    ports.logger.warn({}, 'There is no subscription: nothing is delivered until one is added');
  }
  if (clashes.length > 0) {
    ports.logger.warn({ subscriptions: clashes.join(', ') }, 'The file holds, not the topic');
  }
  const poster = new WebhookPoster({
    timeoutMs: settings.deliveryTimeoutMs,
    isPrivateAllowed: settings.arePrivateAddressesAllowed,
    nowMs: () => ports.clock.nowMs(),
  });
  const tests = new DeliverTests({ ...ports, poster }, followed);
  return {
    source,
    report: () => ({
      reasons: followed.reasons(),
      details: source.clashes().length === 0 ? {} : { declaredInFileAndTopic: source.clashes() },
    }),
    close: async () => {
      await source.close();
      await tests.stop();
      poster.close();
    },
  };
}

async function readDeclared({
  file,
  arePrivateAddressesAllowed,
}: OpenSubscriptionsSettings): Promise<FixedSubscriptions> {
  if (file === null) return new FixedSubscriptions([]);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new NotifierFault(
      'STRATA_NOTIFIER_SUBSCRIPTIONS',
      `The subscriptions file ${file} cannot be read. Check STRATA_NOTIFIER_SUBSCRIPTIONS.`,
      { cause },
    );
  }
  return new FixedSubscriptions(
    parseSubscriptions(text, { place: file, isHttpAllowed: arePrivateAddressesAllowed }),
  );
}
