import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOPICS, type WireRecord } from '@strata/contracts';
import { MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { silentLogger } from '@strata/pipeline';
import {
  askSubscription,
  changeSubscription,
  checkContent,
  contentChange,
  creation,
  newSecret,
  removal,
  rotation,
  type SubscriptionContent,
  SubscriptionLedger,
  sealFor,
  standingChange,
} from '@strata/subscriptions';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { FixedSubscriptions } from './fixed-subscriptions.ts';
import { JoinedSubscriptions } from './joined-subscriptions.ts';
import { openSubscriptions } from './open-subscriptions.ts';
import { parseSubscriptions } from './subscriptions.ts';
import { TopicSubscriptions } from './topic-subscriptions.ts';

const serde = {
  prepare: async () => {},
  encode: (record: WireRecord) => Buffer.from(JSON.stringify(record)),
  decode: (bytes: Uint8Array) =>
    JSON.parse(Buffer.from(bytes).toString(), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
        ? Buffer.from((value as unknown as { data: number[] }).data)
        : value,
    ) as WireRecord,
};
/** Stands for the key of a stack. */
const flip = (key: number) => (bytes: Uint8Array) => bytes.map((byte) => byte ^ key);
const seal = flip(90);

/** A topic whose broker's clock a test moves, and an alarm that it rings. */
function aWorld() {
  const clock = { nowMs: 1_000_000 };
  const log = new MemoryLog({ nowMs: () => clock.nowMs });
  log.createTopic(TOPICS.subscriptions, 1);
  let rung = (): void => {};
  const waits: number[] = [];
  const memory = new MemoryLogReader(log);
  const world = { isAway: false };
  const ports = {
    reader: {
      bounds: async (topic: string) => {
        if (world.isAway) throw new Error('no broker');
        return memory.bounds(topic);
      },
      read: memory.read.bind(memory),
    },
    writer: new MemoryLogWriter(log),
    serde,
    unseal: seal,
    clock: { nowMs: () => clock.nowMs },
    alarm: (afterMs: number, ring: () => void) => {
      waits.push(afterMs);
      rung = ring;
      return () => {};
    },
    logger: silentLogger,
  };
  return Object.assign(world, { ports, clock, waits, ring: () => rung() });
}

async function opened(world: ReturnType<typeof aWorld>) {
  const source = await TopicSubscriptions.open(world.ports);
  onTestFinished(() => source.close());
  return source;
}

const { content } = checkContent(
  { url: 'https://a.example/hook', deliver: 'latest', perSecond: 2 },
  { isHttpAllowed: false, arePrivateAddressesAllowed: false },
) as { content: SubscriptionContent };
const crm = { id: 'crm', actor: 'ann', reason: 'why not' };
const first = newSecret();
const begin = creation('crm', content, sealFor(seal, 'crm', first));

test('says what the topic says from its start, and follows it', async () => {
  const world = aWorld();
  await changeSubscription(world.ports, crm, begin);
  const source = await opened(world);
  expect(source.current().get('crm')).toMatchObject({
    version: 1,
    deliver: 'latest',
    perSecond: 2,
    concurrency: 8,
    standing: 'active',
    activeFromMs: 1_000_000,
    heldSinceMs: null,
  });
  let calls = 0;
  const end = source.onChange(() => (calls += 1));
  const before = source.current();
  world.clock.nowMs += 5_000;
  await changeSubscription(world.ports, crm, standingChange('crm', 'subscription-paused'));
  world.ring();
  await expect.poll(() => source.current().get('crm')?.standing).toBe('paused');
  expect(source.current().get('crm')?.heldSinceMs).toBe(1_005_000);
  expect(before.get('crm')?.standing).toBe('active');
  expect(calls).toBe(1);
  end();
  await changeSubscription(world.ports, crm, removal('crm'));
  await source.readNow();
  expect(source.current().size).toBe(0);
  expect(calls).toBe(1);
});

test('signs with both secrets during the overlap, and with the newer one alone behind it', async () => {
  const world = aWorld();
  await changeSubscription(world.ports, crm, begin);
  const second = newSecret();
  await changeSubscription(world.ports, crm, rotation('crm', sealFor(seal, 'crm', second), 60_000));
  const source = await opened(world);
  const signed = (sentAtMs: number) => {
    const headers = source.current().get('crm')?.sign({ id: 'e1', sentAtMs, body: '{}' });
    return { ...headers } as Record<string, string>;
  };
  const during = signed(1_059_999);
  expect(during['webhook-signature']?.split(' ')).toHaveLength(2);
  const behind = signed(1_060_000);
  expect(behind['webhook-signature']?.split(' ')).toHaveLength(1);
  const fits = (secret: string, signature: string | undefined, sentAtMs: number) =>
    new Webhook(secret).sign('e1', new Date(sentAtMs), '{}') === signature;
  expect(fits(second, behind['webhook-signature'], 1_060_000)).toBe(true);
  expect(fits(first, during['webhook-signature']?.split(' ')[1], 1_059_999)).toBe(true);
});

test('does not start where the topic cannot be read, and goes on with what it knows later', async () => {
  const world = aWorld();
  world.isAway = true;
  await expect(TopicSubscriptions.open(world.ports)).rejects.toThrow('cannot be read');
  world.isAway = false;
  await changeSubscription(world.ports, crm, begin);
  const source = await opened(world);
  world.isAway = true;
  world.ring();
  await expect.poll(() => source.reasons()).toHaveLength(1);
  expect(source.current().size).toBe(1);
  await expect.poll(() => world.waits.at(-1)).toBe(1_000);
  world.isAway = false;
  world.ring();
  await expect.poll(() => source.reasons()).toEqual([]);
});

test('a secret that does not open holds its deliveries and is named, without what was in it', async () => {
  const world = aWorld();
  await changeSubscription(
    world.ports,
    crm,
    creation('crm', content, sealFor(flip(1), 'crm', first)),
  );
  const source = await opened(world);
  expect(source.current().get('crm')).toMatchObject({ standing: 'paused', heldSinceMs: 1_000_000 });
  expect(source.reasons().join()).toContain('subscription crm');
  expect(JSON.stringify([source.reasons(), [...source.current().values()]])).not.toContain(
    first.slice(6),
  );
  await changeSubscription(world.ports, crm, rotation('crm', sealFor(seal, 'crm', first), 0));
  await source.readNow();
  expect(source.current().get('crm')?.standing).toBe('active');
  expect(source.reasons()).toEqual([]);
});

test('disables over the changes of others, once', async () => {
  const world = aWorld();
  await changeSubscription(world.ports, crm, begin);
  const source = await opened(world);
  await Promise.all([
    source.disable('crm', { failingSinceMs: 5 }),
    changeSubscription(
      world.ports,
      crm,
      contentChange('crm', (it) => ({ ...it, concurrency: 3 })),
    ).catch(() => {}),
    source.disable('crm', { failingSinceMs: 5 }),
  ]);
  await source.readNow();
  expect(source.current().get('crm')).toMatchObject({ standing: 'disabled' });
  const ledger = new SubscriptionLedger(world.ports);
  const kinds: string[] = [];
  await ledger.readOn(({ record, isVoid }) => void (isVoid || kinds.push(record.kind)));
  expect(kinds.filter((kind) => kind === 'subscription-disabled')).toHaveLength(1);
  expect(await source.disable('nobody', { failingSinceMs: 5 })).toBe(false);
});

test('a replay of one customer opens for the notifier alone', async () => {
  const world = aWorld();
  await changeSubscription(world.ports, crm, begin);
  const replay = {
    sinceMs: 5,
    untilMs: null,
    sealedCustomer: sealFor(seal, 'crm', 'c1'),
    isGivenUp: false,
  };
  const { id } = await askSubscription(world.ports, crm, { kind: 'replay-asked', replay });
  const source = await opened(world);
  expect(source.replays()).toEqual([
    {
      id,
      subscription: 'crm',
      askedAtMs: 1_000_000,
      sinceMs: 5,
      untilMs: null,
      customerId: 'c1',
      isGivenUp: false,
    },
  ]);
});

test('of two notifiers one sends a test, also to a paused endpoint, and tells what became of it', async () => {
  const received: { readonly signature: string; readonly body: string; readonly id: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        signature: String(request.headers['webhook-signature']),
        id: String(request.headers['webhook-id']),
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const world = aWorld();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await changeSubscription(
    world.ports,
    crm,
    creation('crm', { ...content, url }, sealFor(seal, 'crm', first)),
  );
  await changeSubscription(world.ports, crm, standingChange('crm', 'subscription-paused'));
  const { id } = await askSubscription(world.ports, crm, { kind: 'test-asked' });
  const settings = { file: null, deliveryTimeoutMs: 2_000, arePrivateAddressesAllowed: true };
  const both = await Promise.all(
    [1, 2].map(() => openSubscriptions({ ...world.ports, alarm: () => () => {} }, settings)),
  );
  const ledger = new SubscriptionLedger(world.ports);
  await expect
    .poll(async () => {
      await ledger.readOn();
      return ledger.state('crm')?.tests[0]?.result;
    })
    .toMatchObject({ test: id, outcome: 'delivered', outcomeReason: null });
  for (const notifier of both) await notifier.close();
  expect(received).toHaveLength(1);
  const [{ signature, body, id: eventId }] = received as [(typeof received)[number]];
  expect(eventId).toBe(`test.${id}`);
  expect(JSON.parse(body)).toMatchObject({ type: 'strata.test', data: { subscription: 'crm' } });
  expect(new Webhook(first).sign(eventId, new Date(world.clock.nowMs), body)).toBe(signature);
  expect(ledger.state('crm')?.version).toBe(2);
});

test('who subscribed before a tier change was appended is known when it is matched', async () => {
  const world = aWorld();
  const source = await opened(world);
  await changeSubscription(world.ports, crm, begin);
  expect(source.current().size).toBe(0);
  await Promise.all([source.catchUp(), source.catchUp()]);
  expect(source.current().size).toBe(1);
  world.isAway = true;
  await expect(source.catchUp()).rejects.toThrow('cannot be read');
});

test('of a file and the topic that say one id, the file holds, and is never disabled', async () => {
  const world = aWorld();
  await changeSubscription(world.ports, crm, begin);
  const followed = await opened(world);
  const [declared] = parseSubscriptions(
    JSON.stringify([{ id: 'crm', url: 'https://file.example', secret: newSecret() }]),
    { place: 'test', isHttpAllowed: false },
  );
  const joined = new JoinedSubscriptions({
    declared: new FixedSubscriptions(declared === undefined ? [] : [declared]),
    followed,
  });
  expect(joined.current().get('crm')?.url.host).toBe('file.example');
  expect(joined.clashes()).toEqual(['crm']);
  expect(await joined.disable('crm', { failingSinceMs: 5 })).toBe(false);
  const other = { id: 'care', actor: 'ann', reason: null };
  await changeSubscription(
    world.ports,
    other,
    creation('care', content, sealFor(seal, 'care', first)),
  );
  await joined.catchUp();
  expect([...joined.current().keys()].toSorted()).toEqual(['care', 'crm']);
});
