import { readFile } from 'node:fs/promises';
import type { StackHandle } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataPath, isDataMissing } from '../integration/backtest/shared-data.ts';
import { type ForeignChange, readTierChanges } from './foreign-reader.ts';
import {
  auditLog,
  decisionHashes,
  foldedPlaces,
  lineOf,
  openStack,
  recordsFolded,
} from './log-audit.ts';
import { RealStack, waitFor } from './real-stack.ts';

const CDNOW = 'cdnow/CDNOW_master.txt.gz';
const OLIST = 'olist-sample/olist_orders.csv.gz';
const PARTITIONS = 8;
/** Well inside the 69,659 records, so that the kill falls into the middle of the work. */
const KILL_AFTER_RECORDS = 15_000;

let stack: RealStack;
beforeEach(async () => {
  stack = await RealStack.open();
  await stack.must('up', '--time', 'data', '--partitions', String(PARTITIONS));
});
afterEach(async () => {
  await stack.close();
});

async function backtestChanges(path: string): Promise<readonly string[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const change = JSON.parse(line) as Omit<ForeignChange, 'cause' | 'effectiveAt'> & {
      cause: { kind: string };
      effectiveAt: string;
    };
    const effectiveAt = Date.parse(change.effectiveAt);
    return lineOf({ ...change, cause: change.cause.kind, effectiveAt });
  });
}

/** Live profiles and published changes equal what the backtest of the same file says, byte by byte and change by change. */
async function expectAsBacktest(file: string, format: string, at: string): Promise<number> {
  const live = stack.path('live.csv');
  const offline = stack.path('offline.csv');
  const changes = stack.path('changes.ndjson');
  await stack.must('profiles', '--at', at, '--out', live);
  const outputs = ['--profiles', offline, '--changes', changes];
  await stack.must('backtest', file, '--format', format, '--at', at, ...outputs);
  expect(await readFile(live, 'utf8')).toBe(await readFile(offline, 'utf8'));

  const { addresses } = stack.file();
  if (addresses === null) throw new Error('the stack has no addresses');
  const read = await readTierChanges(addresses);
  expect(read.gaps).toBe(0);
  const published = new Set(read.changes.map(lineOf));
  const expected = new Set(await backtestChanges(changes));
  expect(published.size).toBe(read.changes.length);
  expect([...expected].filter((it) => !published.has(it))).toEqual([]);
  expect([...published].filter((it) => !expected.has(it))).toEqual([]);
  process.stderr.write(
    `${format}: ${read.raw} records read, ${read.repeats} repeats dropped, ${read.changes.length} changes\n`,
  );
  return read.changes.length;
}

const isChosen = (customerId: string): boolean => Number(customerId) % 101 === 0;

/**
 * Who sent the events, the log, the state and the topic agree: each acknowledged event is in the log, each offset was
 * folded, and what was published is what the second reading of the rules says.
 */
async function expectAudited(handle: StackHandle, acknowledged: number): Promise<void> {
  const audit = await auditLog(handle, isChosen);
  expect({ events: audit.events, gaps: audit.gaps }).toEqual({ events: acknowledged, gaps: 0 });
  expect(await recordsFolded(handle)).toBe(audit.records);
  const { addresses } = stack.file();
  if (addresses === null) throw new Error('the stack has no addresses');
  const { changes } = await readTierChanges(addresses);
  const chosen = changes.filter(({ customerId }) => isChosen(customerId)).map(lineOf);
  expect(chosen.toSorted()).toEqual(audit.changes);
  process.stderr.write(
    `audit: ${audit.records} records, ${audit.events} events, ${audit.repeats} repeats, ${chosen.length} changes of the chosen\n`,
  );
}

/** A long replay: the state is emptied under the running scorer, which folds the log from its first record. */
async function expectFoldedAgain(handle: StackHandle): Promise<void> {
  const places = await foldedPlaces(handle);
  const before = { folded: await recordsFolded(handle), hashes: await decisionHashes(handle) };
  const ends = await handle.reader.bounds(TOPICS.tierChanges);
  const { addresses } = stack.file();
  const redis = new Redis(addresses?.stateRedisUrl ?? '');
  await redis.flushall();
  redis.disconnect();
  const startedMs = performance.now();
  for (let seen = 0; seen < before.folded; ) {
    const last = seen;
    await waitFor(async () => {
      // A tick that wakes one partition does not stand for a record that another has still to fold.
      seen = await recordsFolded(handle, places);
      return seen > last;
    }, `the fold to go on from ${last} records`);
  }
  process.stderr.write(
    `folded again: ${before.folded} records in ${Math.round(performance.now() - startedMs)} ms\n`,
  );
  expect(await decisionHashes(handle)).toEqual(before.hashes);
  expect(await handle.reader.bounds(TOPICS.tierChanges)).toEqual(ends);
  const { stdout } = await stack.must('verify', '--from-log', '--json');
  const verified = JSON.parse(stdout) as { isSame: boolean; partitions: { records: number }[] };
  expect(verified.isSame).toBe(true);
  // A tick in each partition that was silent when it was lost comes behind.
  const records = verified.partitions.reduce((sum, it) => sum + it.records, 0);
  expect(records).toBeGreaterThanOrEqual(before.folded);
}

describe.skipIf(isDataMissing(CDNOW))('CDNOW on the real stack', () => {
  it('grades all 23,570 people as the backtest does, though the scorer is killed and the state emptied', async () => {
    const handle = await openStack(stack.file(), PARTITIONS);
    const importing = stack.must('import', dataPath(CDNOW), '--format', 'cdnow', '--json');
    const enough = waitFor(
      async () => (await recordsFolded(handle)) >= KILL_AFTER_RECORDS,
      'the scorer to be in the middle of its work',
    );
    await Promise.race([enough, importing]);
    const folded = await recordsFolded(handle);
    process.kill(stack.pidOf('scorer'), 'SIGKILL');
    expect(folded).toBeLessThan(69_659);
    await waitFor(
      async () => (await stack.run('status', '--json')).exitCode === 1,
      'the kill to show',
    );
    expect((await stack.must('up')).stdout).toContain('scorer');

    const accounts = JSON.parse((await importing).stdout) as { records: number; published: number };
    expect(accounts).toMatchObject({ records: 69_659, published: 69_659, refused: 0 });
    const count = await expectAsBacktest(dataPath(CDNOW), 'cdnow', '1998-06-30');
    expect(count).toBeGreaterThan(23_570);
    await expectAudited(handle, accounts.published);
    await expectFoldedAgain(handle);
    await handle.close();
  }, 1_200_000);
});

/** Months after the last order, so that time alone has demoted people. */
const END = '2019-03-31';

describe.skipIf(isDataMissing(OLIST))('Olist on the real stack', () => {
  it('ends every record of its files as an event, a part of one or a dead letter', async () => {
    const folder = dataPath('olist-sample');
    const { stdout } = await stack.must(
      'import',
      folder,
      '--format',
      'olist',
      '--until',
      END,
      '--json',
    );
    const accounts = JSON.parse(stdout) as Record<
      'records' | 'asEvents' | 'asParts' | 'refused',
      number
    >;
    expect(accounts.records).toBe(8_135 + 8_135 + 8_924 + 8_225);
    expect(accounts.asEvents + accounts.asParts + accounts.refused).toBe(accounts.records);
    const deadLetters = async (): Promise<unknown> =>
      JSON.parse((await stack.must('status', '--json')).stdout).deadLetters;
    await expect.poll(deadLetters, { timeout: 30_000 }).toBe(accounts.refused);
    await expectAsBacktest(folder, 'olist', END);
  });
});
