import { writeFile } from 'node:fs/promises';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RealStack, waitFor } from './real-stack.ts';

const DAY_MS = 86_400_000;
const RULE = 'STRATA_INGESTOR_ON_FORBIDDEN';
const MAPS = 'STRATA_INGESTOR_MAPS';
const ORDERS = 40;
/** The system means hundredths, which the map of the first day calls by a name that is not there. */
const MAP = `
map: erp
source: erp
currency: CNY
topic: erp.orders
fields: {customerId: buyer.id, occurredAt: at, orderId: no}
events:
  - {type: purchase, eventId: no, amount: {minor: cents}}
`;

let stack: RealStack;
beforeEach(async () => {
  process.env[RULE] = 'refuse';
  stack = await RealStack.open();
  await stack.must('up', '--partitions', '4');
});
afterEach(async () => {
  delete process.env[RULE];
  delete process.env[MAPS];
  await stack.close();
});

/** The orders of a customer over the last days, as an order system writes them. */
function orders(customerId: string, currency: string, more: object = {}): readonly object[] {
  return Array.from({ length: ORDERS }, (_, n) => ({
    type: 'purchase',
    source: 'shop',
    eventId: `${customerId} ${n}`,
    customerId,
    occurredAt: new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - n * DAY_MS).toISOString(),
    orderId: `${customerId} ${n}`,
    amount: { minor: 1_000 * (n + 1), currency },
    ...more,
  }));
}

/** The same orders in the words of another system. */
function erpOrders(customerId: string): readonly object[] {
  return orders(customerId, 'CNY').map((order) => {
    const { eventId, occurredAt, amount } = order as Record<string, unknown>;
    const { minor } = amount as { minor: number };
    return { no: eventId, at: occurredAt, buyer: { id: customerId }, fen: minor };
  });
}

/** Keyed by order, so that the records of one customer lie in several partitions. */
async function publish(
  events: readonly object[],
  topic = 'strata.intake.purchases.v1',
): Promise<void> {
  const brokers = [...(stack.file().addresses?.brokers ?? [])];
  const kafka = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({
    topic,
    messages: events.map((event, n) => ({ key: `order ${n}`, value: JSON.stringify(event) })),
  });
  await producer.disconnect();
}

async function json<T>(...argv: readonly string[]): Promise<T> {
  return JSON.parse((await stack.must(...argv, '--json')).stdout) as T;
}

const lettersLeft = async (): Promise<number> =>
  (await json<{ total: number }>('dead-letters', 'list')).total;

/** From here on a new ingestor reads nothing of the topics again, and so lets nothing in by its new rules. */
async function isCommitted(...topics: readonly string[]): Promise<boolean> {
  const brokers = [...(stack.file().addresses?.brokers ?? [])];
  const admin = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const groupId = 'strata-ingestor';
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    for (const { topic, partitions } of committed) {
      const ends = await admin.fetchTopicOffsets(topic);
      const isRead = ends.every(({ partition, high }) => {
        const own = partitions.find((it) => it.partition === partition);
        return high === '0' || own?.offset === high;
      });
      if (!isRead) return false;
    }
    return true;
  } finally {
    await admin.disconnect();
  }
}

async function killIngestor(): Promise<void> {
  process.kill(stack.pidOf('ingestor'), 'SIGKILL');
  await waitFor(
    async () => (await stack.run('status', '--json')).exitCode === 1,
    'the kill to show',
  );
  await stack.must('up');
}

interface Row {
  readonly tier: string;
  readonly values: string;
}

/** Of a customer everything but its name, its tier apart: that depends on the order of the log. */
async function profileOf(customerId: string): Promise<Row> {
  const { stdout } = await stack.must('profiles');
  const line = stdout.split('\n').find((it) => it.split(',')[1] === customerId) ?? '';
  const [, , tier = '', ...values] = line.split(',');
  return { tier, values: values.join(',') };
}

it('gives the ledger of a day that had been right, says before what changes, and loses nothing to a kill', async () => {
  await publish([
    ...orders('right', 'CNY'),
    ...orders('forbidden', 'CNY', { hobby: 'calligraphy' }),
    ...orders('dollars', 'USD'),
  ]);
  await waitFor(async () => (await lettersLeft()) >= 2 * ORDERS, 'the letters of the intake');
  await publish(erpOrders('mapped'), 'erp.orders');
  await writeFile(stack.path('erp.yaml'), MAP);
  process.env[MAPS] = stack.path('erp.yaml');
  await killIngestor();
  await waitFor(async () => (await lettersLeft()) >= 3 * ORDERS, 'every letter to be there');
  const reasons = await json<{ groups: { name: string; letters: number }[] }>(
    'dead-letters',
    'list',
    '--by',
    'reason',
  );
  // More where the ingestor had read further than it had committed: what the log holds twice the fold refuses twice.
  const found = new Map(reasons.groups.map((it) => [it.name, it.letters]));
  expect([found.get('bad-price'), found.get('forbidden-field')]).toEqual([ORDERS, ORDERS]);
  expect(found.get('no-rate')).toBeGreaterThanOrEqual(ORDERS);

  const topics = ['strata.intake.purchases.v1', 'erp.orders'];
  await waitFor(() => isCommitted(...topics), 'the positions to be committed');
  process.env[RULE] = 'drop';
  await writeFile(stack.path('erp.yaml'), MAP.replace('cents', 'fen'));
  await killIngestor();
  await writeFile(stack.path('rates.csv'), 'day,from,to,rate\n2020-01-01,USD,CNY,1\n');
  await stack.must('rates', 'publish', stack.path('rates.csv'));

  const chosen = ['dead-letters', 'redrive', '--since', '2020-01-01'];
  const told = await json<{ failing: object[]; customers: { customerId: string; to: string }[] }>(
    ...chosen,
    '--dry-run',
  );
  expect(told.failing).toEqual([]);
  expect(told.customers.map(({ customerId }) => customerId)).toEqual([
    'dollars',
    'forbidden',
    'mapped',
  ]);
  expect(await lettersLeft()).toBeGreaterThanOrEqual(3 * ORDERS);

  const redriving = stack.must(...chosen, '--yes', '--json');
  await killIngestor();
  const outcome = JSON.parse((await redriving).stdout) as { sent: number; taken: number };
  expect(outcome).toMatchObject({ taken: outcome.sent, refused: [], open: [], kept: [] });
  expect(outcome.sent).toBeGreaterThanOrEqual(3 * ORDERS);
  expect(await lettersLeft()).toBe(0);

  const right = await profileOf('right');
  for (const { customerId, to } of told.customers) {
    const { tier, values } = await profileOf(customerId);
    expect(values).toBe(right.values);
    expect(tier).toBe(to);
  }
  expect(await json('verify', '--from-log')).toMatchObject({ isSame: true });
});
