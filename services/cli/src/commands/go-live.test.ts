import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  eventToIntakeJson,
  type TierChangeEvent,
  TOPICS,
  tierChangeFromWire,
} from '@strata/contracts';
import { DAY_MS } from '@strata/domain';
import { aPurchase } from '@strata/domain/builders';
import type { OutgoingRecord } from '@strata/pipeline';
import { viewPartitions } from '@strata/shard-state';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { aContext, anEmbeddedStack } from '../builders/command-context.ts';
import type { Command } from '../command.ts';
import { partitionOfCustomer } from '../stack/send-decision.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { waitUntilPassed } from '../stack/wait-until-passed.ts';
import { endsOf } from '../stack/wait-until-settled.ts';
import { backtestCommand } from './backtest.ts';
import { goLiveCommand } from './go-live.ts';
import { importCommand } from './import.ts';
import { profilesCommand } from './profiles.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
import { whyCommand } from './why.ts';

const MINUTE_MS = 60_000;
/** The two orders of a customer leave their window of 30 days one after the other, long before the test. */
const BOUGHT_AT = Math.floor(Date.now() / DAY_MS) * DAY_MS - 60 * DAY_MS;
const POLICY = `
policy: visits
version: 1
applies_to: existing
base_currency: CNY
time_zone: UTC
ladder: [bronze, silver, gold]
dimensions:
  frequency: {of: orders, window: 30d, steps: [{at_least: 2, points: 2}, {at_least: 1, points: 1}], otherwise: 0}
score: {frequency: 1}
tiers:
  silver: {enter: 1, leave: 1}
  gold: {enter: 2, leave: 2}
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-live-'));
  await writeFile(join(folder, 'visits.yaml'), POLICY);
});
afterAll(() => rm(folder, { recursive: true }));

async function aStack(time: 'data' | 'wall' = 'data'): Promise<StackHandle> {
  const embedded = await anEmbeddedStack({ time });
  onTestFinished(() => embedded.stop());
  return embedded.stack;
}

type Line = readonly [command: Command, argv?: readonly string[], input?: string];

async function run(stack: StackHandle, ...[command, argv = [], input = '']: Line): Promise<string> {
  const { context, heard } = aContext({ stack, cwd: folder, input });
  const exit = await command.execute(context, argv);
  expect({ exit, ...heard }).toMatchObject({ exit: 0 });
  return heard.stdout;
}

const goLive = async (stack: StackHandle, ...argv: readonly string[]) =>
  JSON.parse(await run(stack, goLiveCommand, [...argv, '--json'])) as Record<string, unknown>;

const purchase = (customerId: string, at: number) =>
  aPurchase(at, { customerId, amount: { minor: 5_000, currency: 'CNY' } });

/** Four customers with two orders each, two days apart; the last clock mark lies ten days behind. */
async function aHistory(stack: StackHandle, until = BOUGHT_AT + 12 * DAY_MS): Promise<void> {
  const events = ['c1', 'c2', 'c3', 'c4'].flatMap((id) => [
    purchase(id, BOUGHT_AT),
    purchase(id, BOUGHT_AT + 2 * DAY_MS),
  ]);
  const input = events.map((it) => `${JSON.stringify(eventToIntakeJson(it))}\n`).join('');
  const argv = ['-', '--format', 'events', '--policy', 'visits.yaml'];
  await run(stack, importCommand, [...argv, '--until', new Date(until).toISOString()], input);
}

/** As a shop sends it: it knows of no partition. */
async function send(
  stack: StackHandle,
  event: ReturnType<typeof purchase>,
  to: Partial<OutgoingRecord> = {},
): Promise<void> {
  const value = new TextEncoder().encode(JSON.stringify(eventToIntakeJson(event)));
  const headers = { 'content-type': new TextEncoder().encode('application/json') };
  const partition = partitionOfCustomer(stack, event.customerId);
  const record = { topic: TOPICS.events, partition, key: null, value, headers, ...to };
  await stack.writer.send([record]);
  const intakeEnds = await endsOf(stack, record.topic);
  await waitUntilPassed(stack, { intakeEnds, signal: new AbortController().signal });
}

async function published(stack: StackHandle): Promise<readonly TierChangeEvent[]> {
  const { reader, serdes, partitions } = stack;
  const changes: TierChangeEvent[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const batch of reader.read({ topic: TOPICS.tierChanges, partition, offset: 0 })) {
      await serdes.prepare(batch);
      for (const { value } of batch) {
        changes.push(tierChangeFromWire(serdes.tierChanges.decode(value ?? new Uint8Array())));
      }
    }
  }
  return changes;
}

const demotions = async (stack: StackHandle) =>
  (await published(stack))
    .filter(({ type }) => type === 'demoted')
    .map((it) => [it.customerId, it.effectiveAt - BOUGHT_AT, it.toTier, it.backfill]);

const demotionsOf = (customerId: string, isHeldBack: boolean) => [
  [customerId, 30 * DAY_MS, 'silver', isHeldBack],
  [customerId, 32 * DAY_MS, 'bronze', isHeldBack],
];

describe('a stack with an imported history', () => {
  test('goes live: what fell due since is settled at its own instants and held back, and life goes on', async () => {
    const stack = await aStack();
    await aHistory(stack);
    const would = await goLive(stack, '--dry-run');
    expect(would).toMatchObject({ state: 'would', announceFrom: null, customers: 4 });
    expect(would['changes']).toEqual({ demoted: { announced: 0, heldBack: 8 } });
    expect(await demotions(stack)).toEqual([]);
    await expect(goLive(stack)).rejects.toMatchObject({ code: 'STRATA_CLI_WRONG_USE' });

    const did = await goLive(stack, '--yes');
    expect(did).toMatchObject({ state: 'did', changes: would['changes'] });
    const at = Date.parse(String(did['at']));
    expect(Math.abs(Date.now() - at)).toBeLessThan(MINUTE_MS);
    const settled = await demotions(stack);
    for (const id of ['c1', 'c2', 'c3', 'c4']) {
      expect(settled.filter(([customerId]) => customerId === id)).toEqual(demotionsOf(id, true));
    }

    // By hand, with a key of the shop's own: the intake has been told, too.
    await send(stack, purchase('c1', Date.now()), { partition: 0 });
    await send(stack, purchase('c2', Date.now()), { partition: 1 });
    const promoted = (await published(stack)).filter(({ type, cause, customerId }) => {
      return type === 'promoted' && cause.kind === 'event' && /c[12]/.test(customerId);
    });
    const lived = promoted.filter(({ effectiveAt }) => effectiveAt >= at);
    expect(lived.map((it) => `${it.customerId} ${it.backfill}`).toSorted()).toEqual([
      'c1 false',
      'c2 false',
    ]);
    expect(JSON.parse(await run(stack, verifyCommand, ['--from-log', '--json']))).toMatchObject({
      isSame: true,
    });
    const status = JSON.parse(await run(stack, statusCommand, ['--json']));
    expect(status).toMatchObject({
      time: 'wall',
      deadLetters: 0,
      live: { at, announceFrom: null, partitions: 2 },
    });
    expect(await run(stack, statusCommand, [])).toMatch(/Live since +20\d\d-/);
  });

  test('is asked about as any other afterwards: profiles, why then and now, a backtest of its log', async () => {
    const stack = await aStack();
    await aHistory(stack);
    await goLive(stack, '--yes');
    await send(stack, purchase('c1', Date.now()));
    const [, ...rows] = (await run(stack, profilesCommand, [])).trimEnd().split('\n');
    expect(rows.map((row) => row.split(',').slice(1, 3))).toEqual([
      ['c1', 'silver'],
      ['c2', 'bronze'],
      ['c3', 'bronze'],
      ['c4', 'bronze'],
    ]);
    expect(Math.abs(Date.parse(rows[0]?.split(',')[0] ?? '') - Date.now())).toBeLessThan(MINUTE_MS);
    const tierAt = async (...argv: readonly string[]) => {
      const why = await run(stack, whyCommand, ['c1', '--json', ...argv]);
      return (JSON.parse(why) as { tier: string }).tier;
    };
    const day = (n: number): string => new Date(BOUGHT_AT + n * DAY_MS).toISOString();
    expect(await tierAt('--at', day(12))).toBe('gold');
    expect(await tierAt('--at', day(31))).toBe('silver');
    expect(await tierAt('--at', day(33))).toBe('bronze');
    expect(await tierAt()).toBe('silver');
    expect(await tierAt('--at', day(31), '--as-known-now')).toBe('silver');
    const again = await run(stack, backtestCommand, [
      '--from-log',
      '--policy',
      'visits.yaml',
      '--at',
      day(31),
      '--profiles',
      'then.csv',
    ]);
    expect(again).not.toBe('');
  });

  test('takes a late file as a stack of wall time does: no mark, and what is old is counted now', async () => {
    const stack = await aStack();
    await aHistory(stack);
    await goLive(stack, '--announce-from', '0', '--yes');
    expect((await demotions(stack)).every(([, , , isHeldBack]) => isHeldBack === false)).toBe(true);
    const [late, old] = [Date.now() - DAY_MS, Date.now() - 900 * DAY_MS];
    const input = [purchase('c4', late), purchase('c4', old)]
      .map((it) => `${JSON.stringify(eventToIntakeJson(it))}\n`)
      .join('');
    await run(stack, importCommand, ['-', '--format', 'events'], input);
    const [last] = (await published(stack))
      .filter(({ customerId }) => customerId === 'c4')
      .slice(-1);
    expect(last).toMatchObject({ type: 'promoted', toTier: 'silver', backfill: false });
    expect(last?.effectiveAt).toBeGreaterThan(late);
    const until = importCommand.execute(aContext({ stack, input }).context, [
      '-',
      '--format',
      'events',
      '--until',
      '2030-01-01',
    ]);
    await expect(until).rejects.toMatchObject({ code: 'STRATA_CLI_WALL_TIME' });
  });
});

/** A writer that dies when so many partitions have been told. */
function dyingWriter(stack: StackHandle, told: number): StackHandle {
  const { writer } = stack;
  let sends = 0;
  const send = async (records: readonly OutgoingRecord[]): Promise<void> => {
    const text = new TextDecoder().decode(records[0]?.value ?? new Uint8Array());
    if (text.includes('"go-live"') && sends++ === told) throw new Error('killed');
    await writer.send(records);
  };
  return { ...stack, writer: { send, close: () => writer.close() } };
}

describe('a command that is killed', () => {
  test('between two partitions is finished by the next one, with the same instant', async () => {
    const stack = await aStack();
    await aHistory(stack);
    await expect(goLive(dyingWriter(stack, 1), '--yes')).rejects.toThrow('killed');
    await waitUntilPassed(stack, {
      intakeEnds: await endsOf(stack, TOPICS.events),
      signal: new AbortController().signal,
    });
    const status = await run(stack, statusCommand, []);
    expect(status).toContain('1 of 2 partitions: finish it by ./strata go-live');
    await expect(goLive(stack, '--announce-from', '2', '--yes')).rejects.toMatchObject({
      code: 'STRATA_CLI_LIVE_OTHERWISE',
    });
    const first = (await viewPartitions(stack.store, 2))[0]?.state.live;
    expect(await goLive(stack, '--yes')).toMatchObject({ state: 'finished' });
    const views = await viewPartitions(stack.store, 2);
    expect(views.map(({ state }) => state.live?.at)).toEqual([first?.at, first?.at]);
    expect(await demotions(stack)).toHaveLength(8);
    expect(JSON.parse(await run(stack, verifyCommand, ['--from-log', '--json']))).toMatchObject({
      isSame: true,
    });
  });

  test('before the first or behind the last has done nothing or all of it', async () => {
    const stack = await aStack();
    await aHistory(stack);
    await expect(goLive(dyingWriter(stack, 0), '--yes')).rejects.toThrow('killed');
    expect(await goLive(stack, '--hold-back', '--yes')).toMatchObject({ state: 'did' });
    const ends = await stack.reader.bounds(TOPICS.events);
    expect(await goLive(stack, '--yes')).toMatchObject({ state: 'already' });
    expect(await stack.reader.bounds(TOPICS.events)).toEqual(ends);
  });
});

describe('a stack does not go live', () => {
  const refusal = async (stack: StackHandle, ...argv: readonly string[]): Promise<string> => {
    const fault = await goLive(stack, ...argv).then(
      () => null,
      (error: unknown) => error as { code: string; message: string },
    );
    expect(fault?.code).toBe('STRATA_CLI_NOT_SETTLED');
    expect((await viewPartitions(stack.store, 2)).map(({ state }) => state.live)).toEqual([
      null,
      null,
    ]);
    return fault?.message ?? '';
  };

  test('while an import has not come to its end', async () => {
    const stack = await aStack();
    const { writer } = stack;
    const send = async (records: readonly OutgoingRecord[]): Promise<void> => {
      if (records[0]?.topic !== TOPICS.events) return writer.send(records);
      await writer.send(records.filter(({ partition }) => partition === 0));
      throw new Error('killed');
    };
    const dying = { ...stack, writer: { send, close: () => writer.close() } };
    await expect(aHistory(dying)).rejects.toThrow('killed');
    expect(await refusal(stack, '--yes')).toContain('start the same import again');
    await aHistory(stack);
    expect(await goLive(stack, '--yes')).toMatchObject({ state: 'did' });
  });

  test('while its last mark lies ahead of the broker, and with events dated ahead of it', async () => {
    const stack = await aStack();
    await aHistory(stack, Date.now() + 5 * DAY_MS);
    expect(await refusal(stack, '--dry-run')).toContain('lies after the broker');
    const other = await aStack();
    await aHistory(other);
    await send(other, purchase('c1', Date.now() + DAY_MS));
    expect(await refusal(other, '--yes')).toContain('1 customers have events dated ahead');
  });

  test('twice, nor where it never ran on data time, nor by flags that exclude each other', async () => {
    const wall = await aStack('wall');
    await expect(goLive(wall, '--yes')).rejects.toMatchObject({ code: 'STRATA_CLI_WALL_TIME' });
    for (const argv of [
      ['--hold-back', '--announce-from', '1'],
      ['--announce-from', 'all'],
    ]) {
      await expect(goLive(wall, ...argv)).rejects.toMatchObject({ code: 'STRATA_CLI_WRONG_USE' });
    }
  });

  test('without a mark by another way: an empty stack may, and has nothing to settle', async () => {
    const stack = await aStack();
    expect(await goLive(stack, '--yes')).toMatchObject({
      state: 'did',
      lastMark: null,
      changes: {},
    });
    expect(await run(stack, goLiveCommand, [])).toMatch(/^The stack went live at .* already\.\n$/);
  });
});
