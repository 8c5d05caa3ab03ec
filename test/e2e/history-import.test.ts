import { readFile } from 'node:fs/promises';
import { RedisStateStore } from '@strata/redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataPath, isDataMissing } from '../integration/backtest/shared-data.ts';
import { readTierChanges } from './foreign-reader.ts';
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

interface Told {
  readonly customerId: string;
  readonly customerSeq: number;
  readonly type: string;
  readonly fromTier: string | null;
  readonly toTier: string;
  readonly cause: string;
  readonly effectiveAt: number;
}

/** The fields in which a live stack and a backtest have to agree. */
const tell = (it: Told): string =>
  [it.customerId, it.customerSeq, it.type, it.fromTier, it.toTier, it.cause, it.effectiveAt].join(
    ' ',
  );

async function backtestChanges(path: string): Promise<readonly string[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const change = JSON.parse(line) as Omit<Told, 'cause' | 'effectiveAt'> & {
      cause: { kind: string };
      effectiveAt: string;
    };
    const effectiveAt = Date.parse(change.effectiveAt);
    return tell({ ...change, cause: change.cause.kind, effectiveAt });
  });
}

async function recordsFolded(): Promise<number> {
  const url = stack.file().addresses?.stateRedisUrl ?? '';
  const store = await RedisStateStore.connect({ url });
  try {
    const partitions = Array.from({ length: PARTITIONS }, (_, p) => store.inspect(p));
    return (await Promise.all(partitions)).reduce((sum, shard) => sum + shard.next, 0);
  } finally {
    await store.close();
  }
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
  const published = new Set(read.changes.map(tell));
  const expected = new Set(await backtestChanges(changes));
  expect(published.size).toBe(read.changes.length);
  expect([...expected].filter((it) => !published.has(it))).toEqual([]);
  expect([...published].filter((it) => !expected.has(it))).toEqual([]);
  process.stderr.write(
    `${format}: ${read.raw} records read, ${read.repeats} repeats dropped, ${read.changes.length} changes\n`,
  );
  return read.changes.length;
}

describe.skipIf(isDataMissing(CDNOW))('CDNOW on the real stack', () => {
  it('grades all 23,570 people as the backtest does, though the scorer is killed on the way', async () => {
    const importing = stack.must('import', dataPath(CDNOW), '--format', 'cdnow', '--json');
    const enough = waitFor(
      async () => (await recordsFolded()) >= KILL_AFTER_RECORDS,
      'the scorer to be in the middle of its work',
    );
    await Promise.race([enough, importing]);
    const folded = await recordsFolded();
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
  });
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
    const status = JSON.parse((await stack.must('status', '--json')).stdout) as {
      deadLetters: number;
    };
    expect(status.deadLetters).toBe(accounts.refused);
    await expectAsBacktest(folder, 'olist', END);
  });
});
