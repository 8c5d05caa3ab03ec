import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishPolicy, SeededRandom } from '@strata/cli';
import { viewPartitions } from '@strata/shard-state';
import { openCustomer } from '@strata/state-codec';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { Crowd } from './life/crowd.ts';
import { KillSquad } from './life/kill-squad.ts';
import { figuresOf } from './life/latency.ts';
import { killsDuringSweeps, readLogTimes } from './life/log-times.ts';
import { FIXED_POLICY, RANKED_POLICY, setOf } from './life/policies.ts';
import { Cast } from './run/cast.ts';
import { strata, verifyFromLog } from './run/strata-commands.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import { until } from './stack/until.ts';

/** 200,000 in the long proof. */
const CUSTOMERS = Number(process.env['STRATA_CHAOS_CUSTOMERS'] ?? '1500');
/** How many scorers may be killed while one command runs. */
const KILLS_EACH = Number(process.env['STRATA_CHAOS_KILLS'] ?? '2');
/** Live purchases a second, all the while. */
const PACE = Number(process.env['STRATA_CHAOS_PACE'] ?? '60');
const ROUNDS = Number(process.env['STRATA_CHAOS_ROUNDS'] ?? '3');
/** So many newcomers are measured while nothing is swept. */
const QUIET_NEWCOMERS = 300;
const SERVICES = ['ingestor', 'scorer', 'scorer', 'scorer'] as const;
const SCORERS = 3;
const PARTITIONS = 6;
const PATIENCE_MS = 600_000 + CUSTOMERS * 10;

const random = new SeededRandom(43);
const fixed = setOf(FIXED_POLICY);
const ranked = setOf(RANKED_POLICY);
const startedMs = performance.now();
let folder: string;
let stack: ChaosStack;
let audit: Audit;
let cast: Cast;
let crowd: Crowd;

const note = (text: string): void => {
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  process.stderr.write(`policy life, ${seconds} s: ${text}\n`);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-life-'));
  await writeFile(join(folder, 'ranked.yaml'), RANKED_POLICY);
  stack = await ChaosStack.start({
    partitions: PARTITIONS,
    time: 'wall',
    sessionTimeoutMs: 6_000,
  });
  audit = new Audit(stack.handle);
  cast = new Cast(stack, SERVICES, {});
  crowd = new Crowd({ stack, audit, random, customers: CUSTOMERS });
  await cast.start();
  await stack.activate(fixed);
  await crowd.arrive();
  note(`${CUSTOMERS} customers were sent`);
  await stack.settled(0);
  note('and are graded');
}, PATIENCE_MS);

afterAll(async () => {
  await crowd?.close();
  await cast?.end();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the scorers say of themselves where something has not come to its end. */
async function noteScorers(): Promise<void> {
  for (const scorer of cast.of('scorer')) {
    note(`scorer ${scorer.pid}: ${JSON.stringify(await scorer.health())}\n${scorer.log}`);
  }
}

/** A command as a person gives it. */
async function command(...argv: readonly string[]): Promise<void> {
  const fromMs = performance.now();
  const { exitCode, said: text } = await strata(stack.handle, argv, folder);
  const seconds = ((performance.now() - fromMs) / 1_000).toFixed(1);
  note(`strata ${argv.join(' ')}: ${seconds} s, exit code ${exitCode}`);
  expect(exitCode, text).toBe(0);
}

/** How many have passed which set, of everybody whom the store has. */
async function customersBySet(): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    for await (const batch of stack.handle.store.scan(partition)) {
      for (const [, bytes] of batch) {
        const { setId } = openCustomer(bytes).head;
        counts[setId ?? '-'] = (counts[setId ?? '-'] ?? 0) + 1;
      }
    }
  }
  return counts;
}

async function isSwept(): Promise<boolean> {
  const views = await viewPartitions(stack.handle.store, PARTITIONS);
  return views.every(({ state: { activations, calibrations, swept } }) => {
    const newest = Math.max(...[...activations, ...calibrations].map(({ number }) => number));
    return swept.isDone && swept.through === newest;
  });
}

async function expectNobodyLeft(setId: string): Promise<void> {
  expect(await isSwept()).toBe(true);
  const bySet = await customersBySet();
  expect(Object.keys(bySet)).toEqual([setId]);
  expect(bySet[setId]).toBe(CUSTOMERS + crowd.newcomers);
}

it(
  'publications and calibrations come to everybody once while scorers are killed',
  async () => {
    onTestFailed(noteScorers);
    const squad = new KillSquad(cast, 43);
    crowd.start(PACE);
    const turns = [
      ['calibrate', '--set', './ranked.yaml', '--yes'],
      ['policy', 'publish', './ranked.yaml', '--yes', '--reason', 'ranked'],
      ['calibrate', '--accept-drift', '--yes'],
      ['policy', 'rollback', '--yes', '--reason', 'and back'],
      ['policy', 'rollback', '--yes', '--reason', 'and forth'],
    ];
    for (const argv of turns) await squad.during(KILLS_EACH, () => command(...argv));
    await squad.untilAllRun(SCORERS);
    await squad.end();
    await crowd.stop();
    await stack.settled(0);
    note('all is settled');
    await expectNobodyLeft(ranked.id);
    const verified = await verifyFromLog(stack.handle);
    note(`strata verify --from-log: ${verified.length} faults`);
    const verdict = await audit.verdict();
    const { spans } = await readLogTimes(stack.handle);
    const hits = killsDuringSweeps(squad.kills, spans);
    const swept = spans.reduce((sum, { customers }) => sum + customers, 0);
    note(
      `kills ${squad.kills.length}, during a sweep of the killed one ${hits}, sweeps of a partition ${spans.length}, ` +
        `customers named ${swept}, ${said(verdict)}`,
    );
    expect(cast.resignations).toEqual([]);
    expect(verified).toEqual([]);
    expect(verdict.faults).toEqual([]);
    expect(hits).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

it(
  'says how long a live purchase takes with and without a sweep of everybody',
  async () => {
    onTestFailed(noteScorers);
    const { handle } = stack;
    crowd.start(PACE);
    const loadBefore = loadavg()[0] ?? 0;
    const quiet: { readonly fromMs: number; readonly toMs: number }[] = [];
    const before = await readLogTimes(handle);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const fromMs = Date.now();
      const goal = crowd.newcomers + QUIET_NEWCOMERS;
      await until('enough is measured without a sweep', () => crowd.newcomers >= goal);
      quiet.push({ fromMs, toMs: Date.now() });
      const set = round % 2 === 0 ? ranked : fixed;
      await publishPolicy(handle, set, { by: 'test', reason: null, nowMs: Date.now() });
      await until('everybody is swept', isSwept, { patienceMs: PATIENCE_MS });
      await until('what the sweep told is published', async () => {
        const views = await viewPartitions(handle.store, PARTITIONS);
        return views.every(({ outboxDepth }) => outboxDepth < PACE);
      });
      note(`round ${round} of ${ROUNDS}`);
    }
    await crowd.stop();
    await stack.settled(0);
    await expectNobodyLeft((ROUNDS % 2 === 0 ? ranked : fixed).id);
    const { answered, spans, unanswered } = await readLogTimes(handle);
    const swept = spans.filter((it) => !before.spans.some(({ through }) => through === it.through));
    const figures = figuresOf({ answered, quiet, swept });
    note(
      `live purchases ${PACE}/s, load ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`,
    );
    for (const line of figures) note(line);
    expect(unanswered).toBe(0);
    expect(figures).toHaveLength(ROUNDS * 2 + 1);
  },
  PATIENCE_MS,
);
