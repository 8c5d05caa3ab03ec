import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { goLiveControlToJson, TOPICS } from '@strata/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isDataMissing } from '../integration/backtest/shared-data.ts';
import { CDNOW, cdnowPart } from './cdnow.ts';
import { type ForeignChange, readTierChanges } from './foreign-reader.ts';
import { lineOf, openStack } from './log-audit.ts';
import { RealStack, waitFor } from './real-stack.ts';

/** Of the people of CDNOW; after the last purchase all of them fall by time alone. */
const NTH = 10;
const LAST_MARK = Date.UTC(1998, 5, 30);
const DAY_MS = 86_400_000;
const PARTITIONS = 4;

interface Webhook {
  readonly path: string;
  readonly change: ForeignChange & { readonly backfill: boolean };
}

let stack: RealStack;
let host: string;
const received: Webhook[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { data: Webhook['change'] };
    received.push({ path: request.url ?? '', change: body.data });
    response.writeHead(204).end();
  });
});
const at = (path: string) => received.filter((it) => it.path === path).map(({ change }) => change);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(async () => {
  received.length = 0;
  stack = await RealStack.open({ USER: 'ann' });
  await stack.must('up', '--time', 'data', '--partitions', String(PARTITIONS));
});
afterEach(() => stack.close());

async function changes(): Promise<readonly ForeignChange[]> {
  const { addresses } = stack.file();
  if (addresses === null) throw new Error('the stack has no addresses');
  return (await readTierChanges(addresses)).changes;
}

async function asked<T>(...argv: readonly string[]): Promise<T> {
  return JSON.parse((await stack.must(...argv, '--json')).stdout) as T;
}

/** As a shop does it: plain JSON under a key of its own. */
async function buy(customerId: string, currency: string): Promise<void> {
  const brokers = [...(stack.file().addresses?.brokers ?? [])];
  const producer = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const event = {
    type: 'purchase',
    source: 'shop',
    eventId: `e ${customerId}`,
    customerId,
    occurredAt: new Date().toISOString(),
    orderId: `o ${customerId}`,
    amount: { minor: 5_000, currency },
  };
  const messages = [{ key: 'tea', value: JSON.stringify(event) }];
  await producer.send({ topic: 'strata.intake.purchases.v1', messages });
  await producer.disconnect();
}

interface Live {
  readonly state: string;
  readonly at: string;
  readonly changes: Record<string, { readonly announced: number; readonly heldBack: number }>;
}

/** What a backtest of the same file says up to an instant. */
async function backtestLines(file: string, until: string): Promise<readonly string[]> {
  const path = stack.path('changes.ndjson');
  await stack.must('backtest', file, '--format', 'cdnow', '--until', until, '--changes', path);
  return (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => {
      const change = JSON.parse(line);
      const effectiveAt = Date.parse(change.effectiveAt);
      return lineOf({ ...change, cause: change.cause.kind, effectiveAt });
    })
    .toSorted();
}

describe.skipIf(isDataMissing(CDNOW))('CDNOW on the real stack', () => {
  test('goes live 28 years later: everything due since is settled at its own instants, withheld and delivered as asked', async () => {
    const cdnow = await cdnowPart(NTH, stack.path('cdnow.txt'));
    await stack.must('import', cdnow.path, '--format', 'cdnow');
    const down = ['--type', 'demoted', '--tier', 'gold'];
    await stack.must('subscription', 'add', 'held', '--url', `${host}/held`, ...down);
    const told = ['subscription', 'add', 'told', '--url', `${host}/told`, '--backfill', 'yes'];
    await stack.must(...told, ...down);

    const would = await asked<Live>('go-live', '--dry-run');
    expect(would.changes['demoted']?.heldBack).toBeGreaterThan(100);
    expect(await asked<Live>('status')).toMatchObject({ time: 'data', live: null });
    const live = await asked<Live>('go-live', '--hold-back', '--yes');
    expect(live.state).toBe('did');
    expect(live.changes['demoted']).toEqual(would.changes['demoted']);

    const read = await changes();
    expect(read.map(lineOf).toSorted()).toEqual(await backtestLines(cdnow.path, live.at));
    const late = read.filter((it) => it.type === 'demoted' && it.effectiveAt > LAST_MARK);
    expect(late).toHaveLength(live.changes['demoted']?.heldBack ?? 0);
    const toGold = late.filter(({ toTier }) => toTier === 'gold');
    expect(toGold.length).toBeGreaterThan(0);
    await waitFor(async () => at('/told').length >= toGold.length, 'the webhooks held back');
    expect(at('/told')).toHaveLength(toGold.length);
    expect(at('/told').every(({ backfill }) => backfill)).toBe(true);
    expect(at('/held')).toEqual([]);

    await buy('newcomer', 'USD');
    await waitFor(async () => (await changes()).length > read.length, 'life to go on');
    const assigned = (await changes()).find(({ customerId }) => customerId === 'newcomer');
    expect(assigned).toMatchObject({ type: 'assigned', cause: 'event' });
    expect(assigned?.effectiveAt).toBeGreaterThan(Date.parse(live.at));
    expect(assigned?.effectiveAt).toBeLessThan(Date.now() + DAY_MS);
    expect(await asked<Live>('verify', '--from-log')).toMatchObject({ isSame: true });
    expect(await asked<Live>('status')).toMatchObject({ time: 'wall', deadLetters: 0 });
    expect(await asked<Live>('go-live')).toMatchObject({ state: 'already', at: live.at });
  }, 1_200_000);
});

test('a command that was killed between two partitions is finished by the next, and the stack starts in wall time', async () => {
  const lines = Array.from({ length: 40 }, (_, n) => ({
    type: 'purchase',
    source: 'shop',
    eventId: `e${n}`,
    customerId: `c${n % 20}`,
    occurredAt: new Date(Date.UTC(2025, 0, 1 + n)).toISOString(),
    orderId: `o${n}`,
    amount: { minor: 90_000, currency: 'CNY' },
  }));
  const file = stack.path('history.ndjson');
  await writeFile(file, lines.map((it) => `${JSON.stringify(it)}\n`).join(''));
  await stack.must('import', file, '--format', 'events');
  // What such a command leaves behind: two partitions told, two not.
  const handle = await openStack(stack.file(), PARTITIONS);
  const began = Date.now() - 1_000;
  const control = goLiveControlToJson({ kind: 'went-live', at: began, announceFrom: 1 });
  await handle.writer.send(
    [0, 1].map((partition) => ({
      topic: TOPICS.events,
      partition,
      key: null,
      value: Buffer.from(JSON.stringify(control)),
      headers: { 'content-type': Buffer.from('application/json') },
    })),
  );
  await handle.close();

  const other = await stack.run('go-live', '--hold-back', '--yes');
  expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('decided once') });
  expect((await stack.must('status')).stdout).toContain('2 of 4 partitions');
  const finished = await asked<Live>('go-live', '--yes');
  expect(finished).toMatchObject({ state: 'finished', announceFrom: 1 });
  expect(Date.parse(finished.at)).toBe(began);
  expect(await asked('verify', '--from-log')).toMatchObject({ isSame: true });
  expect(await asked('status')).toMatchObject({ time: 'wall', live: { partitions: 4 } });
  const demoted = (await changes()).filter(({ type }) => type === 'demoted');
  expect(demoted.length).toBeGreaterThan(0);
  expect(demoted.every(({ effectiveAt }) => effectiveAt <= began)).toBe(true);

  await stack.must('down');
  const asData = await stack.run('up', '--time', 'data');
  expect(asData).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('went live at') });
  expect((await stack.must('up')).stdout).toContain('wall time');
  await expect
    .poll(() => asked('status'), { timeout: 30_000 })
    .toMatchObject({ time: 'wall', lagRecords: 0 });
});
