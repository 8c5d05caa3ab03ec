import { writeFile } from 'node:fs/promises';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ForeignChange, readTierChanges } from './foreign-reader.ts';
import { RealStack, waitFor } from './real-stack.ts';

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;
/** How long the order still lies in its window when it is published: long enough to be assigned first. */
const LEFT_MS = 15_000;

const POLICY = `
policy: wall
version: 1
applies_to: existing
base_currency: CNY
time_zone: Asia/Shanghai
ladder: [bronze, silver]
dimensions:
  frequency: {of: orders, window: ${WINDOW_DAYS}d, steps: [{at_least: 1, points: 1}], otherwise: 0}
score: {frequency: 1}
tiers:
  silver: {enter: 1, leave: 1}
`;

let stack: RealStack;
beforeEach(async () => {
  stack = await RealStack.open();
  await writeFile(stack.path('policy.yaml'), POLICY);
  await stack.must('up', '--partitions', '4', '--policy', stack.path('policy.yaml'));
});
afterEach(async () => {
  await stack.close();
});

async function changes(): Promise<readonly ForeignChange[]> {
  const { addresses } = stack.file();
  if (addresses === null) throw new Error('the stack has no addresses');
  return (await readTierChanges(addresses)).changes;
}

/** Publishes as an order system would: plain JSON, by a client that knows nothing of Strata. */
async function publish(event: object): Promise<void> {
  const brokers = [...(stack.file().addresses?.brokers ?? [])];
  const producer = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({
    topic: 'strata.intake.purchases.v1',
    messages: [{ key: 'tea house', value: JSON.stringify(event) }],
  });
  await producer.disconnect();
}

it('demotes a silent customer at the instant its order leaves the window, by the wall clock', async () => {
  const occurredAt = Date.now() - WINDOW_DAYS * DAY_MS + LEFT_MS;
  await publish({
    type: 'purchase',
    source: 'shop',
    eventId: 'e1',
    customerId: 'tea house',
    occurredAt: new Date(occurredAt).toISOString(),
    orderId: 'o1',
    amount: { minor: 12_345, currency: 'CNY' },
    hobbies: ['calligraphy'],
  });
  await waitFor(async () => (await changes()).length >= 2, 'the demotion that no event causes');
  expect(await changes()).toMatchObject([
    { customerId: 'tea house', customerSeq: 1, type: 'assigned', toTier: 'silver', cause: 'event' },
    {
      customerSeq: 2,
      type: 'demoted',
      fromTier: 'silver',
      toTier: 'bronze',
      cause: 'time',
      effectiveAt: occurredAt + WINDOW_DAYS * DAY_MS,
    },
  ]);
  expect((await stack.must('why', 'tea house')).stdout).toContain(
    'because of time alone: nothing happened',
  );
});
