import { SeededRandom } from '@strata/cli';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import { Feeder } from './stack/feeder.ts';
import { copyAppendOnlyFile, cutAppendOnlyFile, killBackend } from './stack/harm.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { until } from './stack/until.ts';

const SMALL_COMMITS = { STRATA_SCORER_COMMIT_RECORDS: '10' };
/** Some dozens of commits. */
const CUT_BYTES = 100_000;

const shoppers = new Shoppers(new SeededRandom(9));
let stack: ChaosStack;
let audit: Audit;
let scorers: readonly ServiceProcess[] = [];

beforeAll(async () => {
  stack = await ChaosStack.start();
  audit = new Audit(stack.handle);
  await Promise.all([stack.run('ingestor'), stack.run('notifier')]);
  scorers = await Promise.all([1, 2].map(() => stack.run('scorer', SMALL_COMMITS)));
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

const aFeeder = (lagMax: number): Feeder =>
  new Feeder({ stack, audit, feed: () => shoppers.anotherDay(stack.handle, 60), lagMax });

afterAll(async () => {
  await stack?.stop();
});

async function counted(name: string, labels: Record<string, string>): Promise<number> {
  const each = await Promise.all(scorers.map((scorer) => scorer.metric(name, labels)));
  return each.reduce((sum, count) => sum + count, 0);
}

const commits = (outcome: string): Promise<number> =>
  counted('strata_scorer_commits_total', { outcome });

/** How often a live scorer had to take a partition anew: a commit was refused, or its look at the store came first. */
const sentBack = (): Promise<number> =>
  counted('strata_scorer_rebalances_total', { cause: 'reacquired' });

async function folded(): Promise<number> {
  return (await stack.nexts()).reduce((sum, next) => sum + next, 0);
}

async function aDay(): Promise<void> {
  audit.sent(await shoppers.anotherDay(stack.handle, 200));
}

/** All is as the log says, and everybody was told. */
async function expectSound(what: string): Promise<void> {
  await stack.settled(shoppers.clock);
  await audit.advance();
  await stack.delivered(() => audit.changes().length);
  const verdict = await audit.verdict(stack.endpoint);
  process.stderr.write(`${what}: ${said(verdict)}\n`);
  expect(verdict.faults).toEqual([]);
}

it('Redis is killed under load and comes back with its append-only file', async () => {
  const feeder = aFeeder(400);
  feeder.start();
  const before = await folded();
  await until('there is something to lose', async () => (await folded()) > before + 500);
  await killBackend(stack.backends, 'redis-state');
  await stack.backends.restart('redis-state');
  const after = await folded();
  await until('folding goes on', async () => (await folded()) > after + 500);
  await feeder.stop();
  await expectSound('redis killed');
});

it('a Redis that lost its last commits sends live scorers back, and nothing is told again', async () => {
  await aDay();
  await stack.settled(shoppers.clock);
  const [before, taken] = [await folded(), await sentBack()];
  await killBackend(stack.backends, 'redis-state');
  await cutAppendOnlyFile(stack.backends, 'redis-state', CUT_BYTES);
  await stack.backends.restart('redis-state');
  expect(await folded()).toBeLessThan(before);
  await aDay();
  await expectSound('append-only file cut');
  expect(await sentBack()).toBeGreaterThan(taken);
});

it('an older copy of Redis under live scorers is noticed, and folded up to where it was', async () => {
  await stack.settled(shoppers.clock);
  const restore = await copyAppendOnlyFile(stack.backends, 'redis-state');
  for (let days = 0; days < 5; days += 1) await aDay();
  await stack.settled(shoppers.clock);
  const [before, taken] = [await folded(), await sentBack()];
  await killBackend(stack.backends, 'redis-state');
  await restore();
  await stack.backends.restart('redis-state');
  expect(await folded()).toBeLessThan(before);
  await aDay();
  await expectSound('older copy restored');
  expect(await sentBack()).toBeGreaterThan(taken);
});

it('a Redis that lost everything under load is filled from the log by the scorers themselves', async () => {
  const feeder = aFeeder(400);
  feeder.start();
  const before = await folded();
  await until('there is load', async () => (await folded()) > before + 200);
  const refused = await commits('fenced');
  const redis = new Redis(stack.backends.stateRedisUrl);
  await redis.flushall();
  redis.disconnect();
  await until('it is folded again to beyond where it was', async () => (await folded()) > before);
  await feeder.stop();
  await expectSound('everything lost');
  expect(await commits('fenced')).toBeGreaterThan(refused);
});

it('a queue that lost everything is filled from the topic, and each effect happens once by its id', async () => {
  const redis = new Redis(stack.backends.queueRedisUrl);
  await redis.flushall();
  redis.disconnect();
  // Changes in every partition: that of each tells its reader that its position is gone.
  await shoppers.everybodyLeaves(stack.handle);
  await expectSound('queue lost');
  // What was told long before is known to the broker as told: a second time came what was pending, and little else.
  const again = [...stack.endpoint.posts.values()].filter((times) => times > 1).length;
  expect(again).toBeLessThan(stack.endpoint.posts.size / 2);
});
