import { SeededRandom } from '@strata/cli';
import { CRASH_POINTS as INGESTOR_POINTS } from '@strata/ingestor';
import { CRASH_POINTS as NOTIFIER_POINTS } from '@strata/notifier';
import { CRASH_POINTS as SCORER_POINTS } from '@strata/scorer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTierChanges } from '../e2e/foreign-reader.ts';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { foreignTold } from './audit/told.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import type { ServiceName, ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { until } from './stack/until.ts';

/** Each point dies at its first so many occurrences: one in every run of the tests, 20 in the long proof. */
const OCCURRENCES = Number(process.env['STRATA_CHAOS_OCCURRENCES'] ?? '1');
/** Points that a process comes to once in its life, or once each time it joins. */
const ONCE: readonly string[] = ['mid-acquire', 'before-seek', 'mid-shutdown'];
const PURCHASES_A_DAY = 25;
/** Enough to be in the middle of; not so much that a slow machine never gets to the end. */
const LAG_MAX = 400;

const POINTS: readonly (readonly [ServiceName, string])[] = [
  ...INGESTOR_POINTS.map((point) => ['ingestor', point] as const),
  ...SCORER_POINTS.map((point) => ['scorer', point] as const),
  ...NOTIFIER_POINTS.map((point) => ['notifier', point] as const),
];

const SMALL_COMMITS = { STRATA_SCORER_COMMIT_RECORDS: '5' };

let stack: ChaosStack;
let audit: Audit;
const shoppers = new Shoppers(new SeededRandom(5));

/** Those that never die: what one leaves behind, the other of its service takes over. */
beforeAll(async () => {
  stack = await ChaosStack.start();
  audit = new Audit(stack.handle);
  await Promise.all([
    stack.run('ingestor'),
    stack.run('scorer', SMALL_COMMITS),
    stack.run('notifier'),
  ]);
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
});

/** Feeds until the process has died by its own hand, however long the way to the point is. */
async function diesAt(mortal: ServiceProcess, point: string): Promise<void> {
  await until(
    `the ${mortal.service} dies at ${point}`,
    async () => {
      if (mortal.isRunning && (await stack.lag()) < LAG_MAX) {
        audit.sent(await shoppers.anotherDay(stack.handle, PURCHASES_A_DAY));
      }
      return !mortal.isRunning;
    },
    { seen: () => mortal.log },
  );
  // Whatever else ends a process leaves another mark: an exit code, or a fault.
  expect(mortal.ending, mortal.log).toBe('SIGKILL');
}

async function deliveredAll(): Promise<void> {
  await audit.advance();
  await stack.delivered(() => audit.changes().length);
}

it.each(POINTS)(
  'the %s dies at %s, and nothing is lost and nothing told twice',
  async (service, point) => {
    for (let round = 1; round <= OCCURRENCES; round += 1) {
      const nth = ONCE.includes(point) ? 1 : round + (OCCURRENCES === 1 ? 1 : 0);
      const mortal = await stack.run(service, {
        ...(service === 'scorer' ? SMALL_COMMITS : {}),
        STRATA_CRASH_IN_TEST: 'true',
        STRATA_CRASH_AT: `${point}:${nth}`,
      });
      if (point === 'mid-shutdown') {
        await until('it owns partitions', async () => {
          const health = await mortal.health();
          return ((health?.details['partitions'] as unknown[] | undefined)?.length ?? 0) > 0;
        });
        audit.sent(await shoppers.anotherDay(stack.handle, PURCHASES_A_DAY));
        await mortal.stop();
      }
      await diesAt(mortal, `${point}:${nth}`);
      await stack.settled(shoppers.clock);
      const verdict = await audit.verdict();
      expect(verdict.faults).toEqual([]);
      if (service === 'notifier') await deliveredAll();
    }
  },
  OCCURRENCES * 60_000,
);

it('a reader from outside finds each change once, in order, and the endpoint has each', async () => {
  await shoppers.everybodyLeaves(stack.handle);
  await stack.settled(shoppers.clock);
  await deliveredAll();
  const verdict = await audit.verdict(stack.endpoint);
  expect(verdict.faults).toEqual([]);
  // Rises and falls, by events and by time alone: otherwise equality would say little.
  const changes = audit.changes();
  expect(changes.filter((line) => line.includes(' promoted ')).length).toBeGreaterThan(50);
  expect(changes.filter((line) => / demoted .* time /.test(line)).length).toBeGreaterThan(50);
  expect(verdict.handOvers).toBeGreaterThan(0);

  const read = await readTierChanges(stack.backends);
  expect(read).toMatchObject({ gaps: 0, raw: verdict.raw, repeats: verdict.repeats });
  // Per customer, so per partition, in the order of the log.
  expect(Map.groupBy(read.changes.map(foreignTold), customerOf)).toEqual(
    Map.groupBy(changes, customerOf),
  );
  process.stderr.write(`crash points: ${POINTS.length * OCCURRENCES} deaths, ${said(verdict)}\n`);
});

const customerOf = (line: string): string => line.split(' ').slice(0, 2).join(' ');
