import { Readable } from 'node:stream';
import { runCli, SeededRandom } from '@strata/cli';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Audit } from './audit/audit.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import { Feeder } from './stack/feeder.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { until } from './stack/until.ts';

const shoppers = new Shoppers(new SeededRandom(21));
let stack: ChaosStack;
let audit: Audit;
let scorer: ServiceProcess;

const SCORER = { STRATA_SCORER_COMMIT_RECORDS: '20' };

beforeAll(async () => {
  stack = await ChaosStack.start({ partitions: 2 });
  audit = new Audit(stack.handle);
  await Promise.all([stack.run('ingestor'), stack.run('notifier')]);
  scorer = await stack.run('scorer', SCORER);
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
});

async function strata(argv: readonly string[], signal = new AbortController().signal) {
  let stdout = '';
  let stderr = '';
  const exit = await runCli(argv, {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { isTty: false, write: (text) => void (stderr += text) },
    stdin: Readable.from([]),
    env: process.env,
    cwd: process.cwd(),
    language: 'en',
    signal,
    monotonicMs: () => performance.now(),
    stack: stack.handle,
  });
  return { exit, stdout, stderr };
}

async function underLoad<T>(work: () => Promise<T>): Promise<T> {
  const feeder = new Feeder({
    stack,
    audit,
    feed: () => shoppers.anotherDay(stack.handle, 60),
    lagMax: 400,
  });
  feeder.start();
  const before = (await stack.nexts()).reduce((sum, next) => sum + next, 0);
  await until('there is load', async () => {
    return (await stack.nexts()).reduce((sum, next) => sum + next, 0) > before + 300;
  });
  const result = await work();
  await feeder.stop();
  return result;
}

it('is verified, and rebuilt, while records come; every change is told once', async () => {
  const [verified, rebuilt] = await underLoad(async () => [
    await strata(['verify', '--from-log', '--json']),
    await strata(['rebuild', '--json']),
  ]);
  expect(verified).toMatchObject({ exit: 0 });
  expect(rebuilt).toMatchObject({ exit: 0 });
  await stack.settled(shoppers.clock);
  expect(await strata(['verify', '--from-log'])).toMatchObject({ exit: 0 });
  await audit.advance();
  await stack.delivered(() => audit.changes().length);
  expect((await audit.verdict(stack.endpoint)).faults).toEqual([]);
});

it('goes on with a rebuild that was ended in the middle', async () => {
  await stack.settled(shoppers.clock);
  const beside = stack.handle.store.beside('rebuild');
  const endInTheMiddle = async (): Promise<number> => {
    const ending = new AbortController();
    let isOver = false;
    const ended = strata(['rebuild', '--partition', '0'], ending.signal).finally(() => {
      isOver = true;
    });
    const hasBegun = async (): Promise<boolean> => isOver || (await beside.holder(0)).next > 0;
    await until('it has committed something', hasBegun);
    ending.abort();
    return (await ended).exit;
  };
  // A rebuild that was over before it could be ended gets more to do.
  while ((await endInTheMiddle()) === 0) {
    for (let days = 0; days < 4; days += 1) {
      audit.sent(await shoppers.anotherDay(stack.handle, 200));
    }
    await stack.settled(shoppers.clock);
  }
  const { next } = await beside.holder(0);
  const { exit, stdout } = await strata(['rebuild', '--partition', '0', '--json']);
  const [rebuilt] = (JSON.parse(stdout) as { partitions: { from: number; hash: string }[] })
    .partitions;
  expect(exit).toBe(0);
  expect(rebuilt).toMatchObject({ from: next, hash: 'same', difference: { customers: 0 } });
  expect((await beside.holder(0)).next).toBe(0);
});

it('begins a new epoch while no scorer runs, and goes on in it', async () => {
  await stack.settled(shoppers.clock);
  await scorer.stop();
  const { exit, stdout } = await strata(['rebuild', '--new-epoch', '--json']);
  const { partitions } = JSON.parse(stdout) as { partitions: { corrections: number }[] };
  expect(exit).toBe(0);
  expect(partitions.map(({ corrections }) => corrections)).toEqual([0, 0]);
  scorer = await stack.run('scorer', SCORER);
  audit.sent(await shoppers.anotherDay(stack.handle, 200));
  await stack.settled(shoppers.clock);
  expect(await strata(['verify', '--from-log'])).toMatchObject({ exit: 0 });
  expect(await strata(['verify'])).toMatchObject({ exit: 0 });
});
