import { SeededRandom } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import { Feeder } from './stack/feeder.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { until } from './stack/until.ts';

/** 20 in every run of the tests, 200 in the long proof. */
const KILLS = Number(process.env['STRATA_CHAOS_KILLS'] ?? '20');
/** A kill that hits somebody idle, or nobody's work, proves nothing. */
const EFFECTIVE_SHARE = 0.9;
const SCORERS = 3;
const PARTITIONS = 6;
const SESSION_MS = 1_000;
const SMALL_COMMITS = { STRATA_SCORER_COMMIT_RECORDS: '10' };

const random = new SeededRandom(6);
const shoppers = new Shoppers(random);
let stack: ChaosStack;
let audit: Audit;
let scorers: ServiceProcess[] = [];

beforeAll(async () => {
  stack = await ChaosStack.start({ partitions: PARTITIONS, sessionTimeoutMs: SESSION_MS });
  audit = new Audit(stack.handle);
  await stack.run('ingestor');
  scorers = await Promise.all(Array.from({ length: SCORERS }, () => another()));
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

const aFeeder = (lagMax: number): Feeder =>
  new Feeder({ stack, audit, feed: () => shoppers.anotherDay(stack.handle, 60), lagMax });

afterAll(async () => {
  await stack?.stop();
});

const another = (): Promise<ServiceProcess> => stack.run('scorer', SMALL_COMMITS);

async function partitionsOf(scorer: ServiceProcess): Promise<readonly number[]> {
  const health = await scorer.health();
  const own = (health?.details['partitions'] ?? []) as readonly { readonly partition: number }[];
  return own.map(({ partition }) => partition);
}

async function owners(): Promise<readonly (string | null)[]> {
  const all = Array.from({ length: PARTITIONS }, (_, p) => stack.handle.store.inspect(p));
  return (await Promise.all(all)).map(({ owner }) => owner);
}

/** One who has work before it and has done some since `since`; else, when nobody has for long, anybody. */
async function aBusyOne(since: readonly number[]) {
  let found: { victim: ServiceProcess; own: readonly number[] } | undefined;
  const looks = async (): Promise<boolean> => {
    const victim = random.pick(scorers);
    const own = await partitionsOf(victim);
    const [nexts, bounds] = await Promise.all([
      stack.nexts(),
      stack.handle.reader.bounds(TOPICS.customerLog),
    ]);
    const at = (all: readonly number[], partition: number): number => all[partition] ?? 0;
    const isBehind = own.some((p) => (bounds[p]?.end ?? 0) > at(nexts, p));
    const hasWorked = own.some((p) => at(nexts, p) > at(since, p));
    if (!isBehind || !hasWorked) return false;
    found = { victim, own };
    return true;
  };
  await until('a scorer is in the middle of its work', looks, { patienceMs: 20_000 }).catch(
    () => undefined,
  );
  return found ?? { victim: random.pick(scorers), own: null };
}

/** Partitions that the dead one held have another owner. */
async function takenOver(own: readonly number[], before: readonly (string | null)[]) {
  await until('others have taken over what the dead one held', async () => {
    const now = await owners();
    return own.every((partition) => now[partition] !== before[partition]);
  });
  return own.length;
}

it(
  'scorers killed again and again under load lose nothing and tell nothing twice',
  async () => {
    const feeder = aFeeder(600);
    feeder.start();
    let since = await stack.nexts();
    let effective = 0;
    let takeovers = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { victim, own } = await aBusyOne(since);
      const before = await owners();
      await victim.kill();
      since = await stack.nexts();
      const heir = another();
      if (own !== null) {
        effective += 1;
        takeovers += await takenOver(own, before);
      }
      scorers = [...scorers.filter((each) => each !== victim), await heir];
    }
    await feeder.stop();
    await stack.settled(shoppers.clock);
    const verdict = await audit.verdict();
    process.stderr.write(
      `kill loop: kills ${KILLS}, effective ${effective}, partitions taken over ${takeovers}, ${said(verdict)}\n`,
    );
    expect(verdict.faults).toEqual([]);
    expect(effective).toBeGreaterThanOrEqual(KILLS * EFFECTIVE_SHARE);
    expect(takeovers).toBeGreaterThanOrEqual(effective);
  },
  60_000 + KILLS * 20_000,
);

/** Commits of one that was thought dead, refused by the store. */
const refusals = async (scorer: ServiceProcess): Promise<number> =>
  scorer.metric('strata_scorer_commits_total', { outcome: 'fenced' });

it('a scorer that stood still before a commit, and wakes when others own its work, is refused', async () => {
  const feeder = aFeeder(600);
  feeder.start();
  const zombie = await stack.run('scorer', {
    ...SMALL_COMMITS,
    STRATA_CRASH_IN_TEST: 'true',
    STRATA_CRASH_AT: 'before-commit:20:stop',
  });
  await until('it stands still', () => zombie.isFrozen(), { seen: () => zombie.log });
  await until('the others own everything', async () => {
    const owned = await Promise.all(scorers.map(partitionsOf));
    return new Set(owned.flat()).size === PARTITIONS;
  });
  zombie.wake();
  await until('its commit is refused', async () => (await refusals(zombie)) > 0, {
    seen: () => zombie.log,
  });
  await until('it is back among the others', async () => (await partitionsOf(zombie)).length > 0);
  await feeder.stop();
  await stack.settled(shoppers.clock);
  const verdict = await audit.verdict();
  process.stderr.write(`zombie: refused commits ${await refusals(zombie)}, ${said(verdict)}\n`);
  expect(verdict.faults).toEqual([]);
}, 240_000);
