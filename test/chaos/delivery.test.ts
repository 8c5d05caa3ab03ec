import { SeededRandom } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { until } from './stack/until.ts';
import {
  CONDUCTS,
  type ConductName,
  startWrongEndpoint,
  type WrongEndpoint,
} from './stack/wrong-endpoints.ts';

/** Kills of the notifier, each in the middle of deliveries. */
const KILLS = 4;
const DELIVERY = {
  STRATA_NOTIFIER_DELIVERY_TIMEOUT_MS: '600',
  STRATA_NOTIFIER_BREAKER_HOLD_SECONDS: '1',
  STRATA_NOTIFIER_RETRY_LADDER_SECONDS: '0,0.2,0.5,1,2,5,5,5,5,5,5,5,5,5,5,5',
};
const PATIENCE_MS = 120_000;

const shoppers = new Shoppers(new SeededRandom(12), { customers: 40 });
let endpoints: readonly WrongEndpoint[] = [];
let stack: ChaosStack;
let audit: Audit;
let notifier: ServiceProcess;

beforeAll(async () => {
  const names = Object.keys(CONDUCTS) as ConductName[];
  endpoints = await Promise.all(names.map((name) => startWrongEndpoint(name)));
  const subscriptions = endpoints.map(({ subscription }) => subscription);
  stack = await ChaosStack.start({ partitions: 2, subscriptions });
  audit = new Audit(stack.handle);
  await Promise.all([stack.run('ingestor'), stack.run('scorer')]);
  notifier = await stack.run('notifier', DELIVERY);
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
});

async function someDays(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    audit.sent(await shoppers.anotherDay(stack.handle, 12));
  }
  await stack.settled(shoppers.clock);
  await audit.advance();
}

const acted = (): number => endpoints.reduce((sum, { effects }) => sum + effects.length, 0);
const taking = (): readonly WrongEndpoint[] => endpoints.filter(({ name }) => name !== 'refuses');

/** Ids of the deliveries that were given up, by the letters in their topic. */
async function givenUp(endpoint: string): Promise<Set<string>> {
  const { reader } = stack.handle;
  const ids = new Set<string>();
  for (const [partition, { start }] of (await reader.bounds(TOPICS.undelivered)).entries()) {
    const from = { topic: TOPICS.undelivered, partition, offset: start };
    for await (const records of reader.read(from)) {
      for (const { key } of records) {
        const id = Buffer.from(key ?? []).toString();
        if (id.endsWith(`.${endpoint}`)) ids.add(id.slice(0, -endpoint.length - 1));
      }
    }
  }
  return ids;
}

/** Everybody who takes has everything, and what is refused has its letters. */
async function untilTold(): Promise<void> {
  const wanted = audit.changes().length;
  let refused = 0;
  const seen = (): string => {
    const each = taking().map(({ name, effects }) => `${name} ${effects.length} of ${wanted}`);
    return `${each.join(', ')}; ${refused} letters\n${notifier.log}`;
  };
  const isTold = async (): Promise<boolean> => {
    refused = (await givenUp('refuses')).size;
    return refused >= wanted && taking().every(({ effects }) => effects.length >= wanted);
  };
  await until('everybody is told', isTold, { patienceMs: PATIENCE_MS, seen });
}

async function expectTold(what: string): Promise<void> {
  await untilTold();
  await stack.delivered(() => audit.changes().length);
  // The careful one of the stack is held against the log; the others against it.
  const verdict = await audit.verdict(stack.endpoint);
  const changes = [...stack.endpoint.posts.keys()].toSorted();
  const repeats = endpoints.map(({ name, posts }) => {
    const all = [...posts.values()].reduce((sum, times) => sum + times, 0);
    return `${name} ${all}`;
  });
  process.stderr.write(`${what}: ${said(verdict)}; posts: ${repeats.join(', ')}\n`);
  expect(verdict.faults).toEqual([]);
  expect(changes).toHaveLength(audit.changes().length);
  for (const { name, effects, overtaken, faults } of taking()) {
    expect([name, effects.toSorted()]).toEqual([name, changes]);
    expect([name, overtaken, faults]).toEqual([name, [], []]);
  }
  expect([...(await givenUp('refuses'))].toSorted()).toEqual(changes);
  expect(endpoints.find(({ name }) => name === 'refuses')?.effects).toEqual([]);
}

it('endpoints that go wrong in every way are told everything, in order, over kills of the notifier', async () => {
  await someDays(3);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = acted();
    await someDays(2);
    await until('deliveries are under way', () => acted() > before + 20);
    await notifier.kill();
    notifier = await stack.run('notifier', DELIVERY);
  }
  await expectTold(`${KILLS} kills`);
}, 600_000);

it('a queue whose store is wiped under way is filled anew, with what was pending and little else', async () => {
  const postsOfRight = (): number => {
    const right = endpoints.find(({ name }) => name === 'right');
    return [...(right?.posts.values() ?? [])].reduce((sum, times) => sum + times, 0);
  };
  const { length: told } = audit.changes();
  // The broker knows by now that nothing of before is pending.
  const kept = async (): Promise<boolean> => {
    const ends = (await stack.handle.reader.bounds(TOPICS.tierChanges)).map(({ end }) => end);
    const topics = [TOPICS.tierChanges];
    const positions = await stack.handle.reader.committed('strata-notifier.right', topics);
    return ends.every((end, at) => positions.get(`${TOPICS.tierChanges}:${at}`) === end);
  };
  await until('all of it is known to be told', kept);
  const [postsBefore, actedBefore] = [postsOfRight(), acted()];
  await someDays(3);
  await until('deliveries are under way', () => acted() > actedBefore + 20);
  const redis = new Redis(stack.backends.queueRedisUrl);
  await redis.flushall();
  redis.disconnect();
  await someDays(1);
  await expectTold('store wiped');
  const posts = postsOfRight() - postsBefore;
  const changes = audit.changes().length - told;
  process.stderr.write(`the right one: ${posts} posts of ${changes} changes after ${told}\n`);
  expect(posts).toBeLessThan(2 * changes + told);
}, 600_000);
