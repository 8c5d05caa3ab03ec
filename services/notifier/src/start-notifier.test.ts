import { createHmac } from 'node:crypto';
import { MemoryDeliveryQueue } from '@strata/memory';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import {
  aGroupByHand,
  aLog,
  aNotifier,
  aQueue,
  aTierChange,
  ids,
  openReceiver,
  publish,
  type Received,
  receiver,
  retire,
  secret,
  sortedIds,
} from './builders/notifier-stage.ts';

openReceiver();

test('delivers a tier change as a webhook that any Standard Webhooks library verifies', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(() => receiver.received.length).toBe(1);

  const [{ headers, body }] = receiver.received as [Received];
  const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
  expect(verified).toMatchObject({
    type: 'strata.tier.demoted',
    timestamp: '2026-01-02T03:04:05.678Z',
    data: { id: '0.10.0', customerId: 'c1', fromTier: 'gold', cause: { kind: 'time' }, seq: 1 },
  });
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const byHand = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${byHand}`);
  expect(headers['webhook-id']).toBe('0.10.0');
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(await queue.position(0)).toEqual({ offset: 1, epoch: 1, seq: 1 });
});

test('drops repeats by number and counts them', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2), aTierChange(1), aTierChange(2), aTierChange(3));
  const queue = aQueue();
  const { metric } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 5, epoch: 1, seq: 3 });
  await expect.poll(() => receiver.received.length).toBe(3);
  expect(sortedIds()).toEqual(['0.10.0', '0.20.0', '0.30.0']);
  expect(await metric('strata_notifier_tier_changes_total{outcome="repeat"} 2')).toBe(true);
  expect(await metric('strata_notifier_seq_gaps_total 0')).toBe(true);
});

test('removes the deliveries of an erased customer that wait, and no others', async () => {
  receiver.answers = Array.from({ length: 3 }, () => ({ status: 500 }));
  const log = aLog();
  const queue = new MemoryDeliveryQueue({ ladderMs: [0, 3_600_000], schedule: () => () => {} });
  publish(log, aTierChange(1), aTierChange(2), aTierChange(3, { customerId: 'c2' }));
  const { metric } = await aNotifier(log, queue);
  await expect.poll(async () => (await queue.pending(['crm'])).get('crm')).toBe(3);
  retire(log, 4);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 4, epoch: 1, seq: 4 });
  expect(await queue.countAbout('c1')).toBe(0);
  expect(await queue.countAbout('c2')).toBe(1);
  expect(await metric('strata_notifier_tier_changes_total{outcome="erased"} 1')).toBe(true);
});

test('never queues what lies before an erasure, and queues what lies behind it', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2, { customerId: 'c2' }));
  retire(log, 3);
  retire(log, 4, { customerId: 'c2', reason: 'merged' });
  publish(log, aTierChange(5));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(sortedIds()).toEqual(['0.20.0', '0.50.0']);
  expect(await queue.position(0)).toEqual({ offset: 5, epoch: 1, seq: 5 });
});

test('counts a gap in the numbers as an alarm and delivers what did come', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(4));
  const { metric } = await aNotifier(log, aQueue());
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(await metric('strata_notifier_seq_gaps_total 1')).toBe(true);
});

test('tries again until the receiver takes it, with the same id and the same body', async () => {
  receiver.answers = [{ status: 500 }, { status: 429, headers: { 'retry-after': '1' } }];
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(async () => (await queue.counts()).delivered).toBe(1);
  expect(ids()).toEqual(['0.10.0', '0.10.0', '0.10.0']);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
});

test.each([400, 401, 404, 410, 422])('gives up for good at status %i', async (status) => {
  receiver.answers = [{ status }];
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(async () => (await queue.counts()).failed).toBe(1);
  expect(receiver.received).toHaveLength(1);
});

test('each endpoint gets its own delivery of the same event, if it asked for it', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  const endpoints = [
    { id: 'crm', url: receiver.url, secret },
    { id: 'care', url: receiver.url, secret, directions: ['down'] },
    { id: 'sales', url: receiver.url, secret, types: ['promoted'] },
  ];
  await aNotifier(log, queue, { endpoints });
  await expect.poll(async () => (await queue.counts()).delivered).toBe(2);
  expect(ids()).toEqual(['0.10.0', '0.10.0']);
});

test('a restart goes on at the stored position', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const first = aQueue();
  const { stop } = await aNotifier(log, first);
  await expect.poll(() => receiver.received.length).toBe(2);
  await stop();
  const position = await first.position(0);

  publish(log, aTierChange(2), aTierChange(3));
  const second = aQueue();
  if (position !== null) await second.storePosition(0, position);
  await aNotifier(log, second);
  await expect.poll(() => second.position(0)).toEqual({ offset: 4, epoch: 1, seq: 3 });
  await expect.poll(() => receiver.received.length).toBe(3);
  expect(sortedIds()).toEqual(['0.10.0', '0.20.0', '0.30.0']);
});

test('a crash between adding jobs and storing the position doubles nothing', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const store = queue.storePosition.bind(queue);
  let failures = 2;
  queue.storePosition = async (...position) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the store is away');
    }
    return store(...position);
  };
  await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(sortedIds()).toEqual(['0.10.0', '0.20.0']);
});

test('a queue that went back in time has its jobs added again', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const { metric } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  await queue.storePosition(0, { offset: 1, epoch: 1, seq: 1 });
  const added: string[] = [];
  const add = queue.add.bind(queue);
  queue.add = async (jobs) => {
    added.push(...jobs.map(({ id }) => id));
    await add(jobs);
  };
  publish(log, aTierChange(3));
  await expect.poll(() => queue.position(0)).toEqual({ offset: 3, epoch: 1, seq: 3 });
  expect(added).toEqual(['0.20.0.crm', '0.30.0.crm']);
  expect(await metric('strata_notifier_positions_lost_total 1')).toBe(true);
});

test('a queue that went back while nothing comes has its jobs added again', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const { look } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  await queue.storePosition(0, { offset: 1, epoch: 1, seq: 1 });
  const added: string[] = [];
  const add = queue.add.bind(queue);
  queue.add = async (jobs) => {
    added.push(...jobs.map(({ id }) => id));
    await add(jobs);
  };
  look();
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  expect(added).toEqual(['0.20.0.crm']);
});

test('a queue that loses its jobs before their position is stored has them added again', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  const lost = queue.add.bind(queue);
  const adds: string[][] = [];
  queue.add = async (jobs) => {
    adds.push(jobs.map(({ id }) => id));
    if (adds.length > 1) await lost(jobs);
  };
  await aNotifier(log, queue);
  await expect.poll(() => receiver.received.length).toBe(1);
  expect(adds).toEqual([['0.10.0.crm'], ['0.10.0.crm']]);
});

test('a notifier that is still leaving moves the position beyond the end that was read', async () => {
  const log = aLog();
  const queue = aQueue();
  const position = queue.position.bind(queue);
  let isFirst = true;
  queue.position = async (partition) => {
    if (isFirst) {
      isFirst = false;
      publish(log, aTierChange(1));
      await queue.storePosition(partition, { offset: 1, epoch: 1, seq: 1 });
    }
    return position(partition);
  };
  const { fatal, notifier } = await aNotifier(log, queue);
  await expect.poll(() => notifier.report().reasons).toEqual([]);
  expect(fatal).toEqual([]);
});

test('another notifier that is faster after a loss of the store is no topic that lost records', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const first = await aNotifier(log, aQueue());
  await expect.poll(() => receiver.received.length).toBe(1);
  await first.notifier.stop();
  const queue = aQueue();
  const store = queue.storePosition.bind(queue);
  let isFirst = true;
  queue.storePosition = async (partition, position, condition) => {
    if (!isFirst) return store(partition, position, condition);
    isFirst = false;
    publish(log, aTierChange(2));
    await store(partition, { offset: 2, epoch: 1, seq: 2 });
    return false;
  };
  const { fatal, notifier } = await aNotifier(log, queue);
  await expect.poll(() => notifier.report().reasons).toEqual([]);
  expect(isFirst).toBe(false);
  expect(fatal).toEqual([]);
});

test('after a loss of the store the last record may have been a repeat, and nothing is missing', async () => {
  const log = aLog();
  const told = [1, 2, 3, 4, 1, 2];
  publish(log, ...told.map((seq) => aTierChange(seq)));
  const first = await aNotifier(log, aQueue());
  await expect.poll(() => receiver.received.length).toBe(4);
  await first.notifier.stop();
  const queue = aQueue();
  const { metric } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 6, epoch: 1, seq: 4 });
  publish(log, aTierChange(5));
  await expect.poll(() => queue.position(0)).toEqual({ offset: 7, epoch: 1, seq: 5 });
  expect(await metric('strata_notifier_seq_gaps_total 0')).toBe(true);
});

test('a batch that was given before does not set the position back', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const { group, give } = aGroupByHand(log);
  await aNotifier(log, queue, { group });
  await give({ from: 0, to: 2 });
  await give({ from: 0, to: 1 });
  expect(await queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
});

test('an unreadable record holds its partition up, says so, and loses nothing before it', async () => {
  const log = aLog();
  publish(log, aTierChange(1), 'broken', aTierChange(2));
  const queue = aQueue();
  const { notifier } = await aNotifier(log, queue);
  await expect.poll(() => receiver.received.length).toBe(1);
  await expect.poll(() => notifier.report().reasons.join()).toContain('cannot be read (malformed)');
  expect(await queue.position(0)).toEqual({ offset: 1, epoch: 1, seq: 1 });
});

test('a stored position beyond the end of the topic ends the process', async () => {
  const log = aLog();
  const queue = aQueue();
  await queue.storePosition(0, { offset: 7, epoch: 1, seq: 7 });
  const { fatal } = await aNotifier(log, queue);
  await expect.poll(() => String(fatal[0])).toContain('lies beyond the topic');
});

test('a loopback endpoint is refused where private addresses are not allowed', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  const byName = receiver.url.replace('127.0.0.1', 'localhost');
  const endpoints = [
    { id: 'literal', url: receiver.url, secret },
    { id: 'named', url: byName, secret },
  ];
  await aNotifier(log, queue, { endpoints, arePrivateAddressesAllowed: false });
  await expect.poll(async () => (await queue.counts()).failed).toBe(2);
  expect(receiver.received).toHaveLength(0);
});
