import { TOPICS } from '@strata/contracts';
import { partitionFor } from '@strata/pipeline';
import { viewSome } from '@strata/shard-state';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { anEmbeddedStack, runCommand } from '../builders/command-context.ts';
import { CliFault, UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { importCommand } from './import.ts';
import { rebuildCommand } from './rebuild.ts';
import { verifyCommand } from './verify.ts';

let embedded: EmbeddedStack;
const fatal: unknown[] = [];

beforeEach(async () => {
  fatal.length = 0;
  embedded = await anEmbeddedStack({ onFatal: (error) => void fatal.push(error) });
  await imported(Array.from({ length: 60 }, (_, n) => purchase(`c${n % 12}`, n)));
});
afterEach(async () => {
  await embedded.stop();
  expect(fatal).toEqual([]);
});

const purchase = (customerId: string, n: number): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `e${n}`,
    customerId,
    occurredAt: new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
    orderId: `o${n}`,
    amount: { minor: 50_000, currency: 'CNY' },
  })}\n`;

const imported = (lines: readonly string[]) =>
  run(importCommand, ['-', '--format', 'events', '--until', '2026-12-31'], {
    stdin: lines.join(''),
  });

const run = (
  command: Command,
  argv: readonly string[],
  { stdin, ...given }: { stdin?: string; stack?: StackHandle; language?: 'en' | 'zh' } = {},
): Promise<string> =>
  runCommand(command, argv, { stack: embedded.stack, ...given, input: stdin ?? '' });

const isSame = async (): Promise<boolean> => {
  const said = await run(verifyCommand, ['--from-log', '--json']);
  return (JSON.parse(said) as { isSame: boolean }).isSame;
};

const partitionOf = (customerId: string): number =>
  partitionFor(new TextEncoder().encode(customerId), 2);

/** The customer as the store has it becomes another one. */
async function damaged(customerId: string, value: Uint8Array | null): Promise<void> {
  const { store } = embedded.stack;
  const partition = partitionOf(customerId);
  const { next } = await store.holder(partition);
  const pages: [] = [];
  expect(await store.amend({ partition, next, customerId, value, pages, dueAtMs: null })).toBe(
    true,
  );
  expect(await isSame()).toBe(false);
}

async function valueOf(customerId: string): Promise<Uint8Array> {
  const [value] = await embedded.stack.store.load(partitionOf(customerId), [customerId]);
  return value ?? new Uint8Array();
}

const published = async (): Promise<number> => {
  const bounds = await embedded.stack.reader.bounds(TOPICS.tierChanges);
  return bounds.reduce((sum, { end }) => sum + end, 0);
};

describe('./strata rebuild', () => {
  test('finds a sound state sound, publishes nothing, and the services go on', async () => {
    const before = await published();
    const said = await run(rebuildCommand, []);
    expect(said).toContain('12 customers, none of them changed');
    expect(await published()).toBe(before);
    await imported([purchase('c1', 300), purchase('new', 301)]);
    expect(await isSame()).toBe(true);
    expect(await published()).toBeGreaterThan(before);
  });

  test('puts right what is missing, other, or cannot be read, and says how many', async () => {
    await damaged('c1', null);
    await damaged('c2', await valueOf('c3'));
    await damaged('c4', Uint8Array.of(1, 2, 3));
    const before = await published();
    const rebuilt = JSON.parse(await run(rebuildCommand, ['--json'])) as {
      partitions: { difference: { customers: number; isExact: boolean }; hash: string }[];
    };
    const { partitions } = rebuilt;
    expect(partitions.reduce((sum, it) => sum + it.difference.customers, 0)).toBe(3);
    expect(partitions.map(({ difference, hash }) => [difference.isExact, hash])).toEqual([
      [true, 'same'],
      [true, 'same'],
    ]);
    expect(await isSame()).toBe(true);
    expect(await published()).toBe(before);
    await imported([purchase('c1', 300), purchase('c4', 301)]);
    expect(await isSame()).toBe(true);
  });

  test('takes one partition and leaves the other alone', async () => {
    await damaged('c1', null);
    const other = 1 - partitionOf('c1');
    const { owner } = await embedded.stack.store.holder(other);
    const said = await run(rebuildCommand, ['--partition', String(partitionOf('c1'))], {
      language: 'zh',
    });
    expect(said).toContain('1 位客户不同，现已更正');
    expect((await embedded.stack.store.holder(other)).owner).toBe(owner);
    expect(await isSame()).toBe(true);
  });

  test('takes one customer, and says what differed without a word about it', async () => {
    const before = await published();
    expect(await run(rebuildCommand, ['--customer', 'c1'])).toContain('is stored as partition');
    await damaged('c1', await valueOf('c3'));
    const said = await run(rebuildCommand, ['--customer', 'c1']);
    expect(said).toContain('in: ');
    expect(said).toContain('ledger');
    expect(said).not.toContain('c1');
    expect(await isSame()).toBe(true);
    await damaged('c1', Uint8Array.of(9));
    expect(await run(rebuildCommand, ['--customer', 'c1'])).toContain('in: unreadable');
    await damaged('c1', null);
    expect(await run(rebuildCommand, ['--customer', 'c1'])).toContain('in: missing');
    await damaged('stranger', await valueOf('c3'));
    expect(await run(rebuildCommand, ['--customer', 'stranger'])).toContain('in: extra');
    expect(await isSame()).toBe(true);
    expect(await published()).toBe(before);
    await imported([purchase('c1', 300)]);
    const state = (await viewSome(embedded.stack.store, partitionOf('c1'), ['c1'])).get('c1');
    expect(state?.ledger.parts).toHaveLength(6);
    expect(await isSame()).toBe(true);
  });

  test.each([
    { argv: ['--partition', '2'], says: 'from 0 to 1' },
    { argv: ['--partition', 'x'], says: 'from 0 to 1' },
    { argv: ['--partition', '0', '--customer', 'c1'], says: 'exclude each other' },
  ])('$argv is wrong use', async ({ argv, says }) => {
    const fault: unknown = await run(rebuildCommand, argv).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UsageFault);
    expect((fault as Error).message).toContain(says);
  });

  test('refuses a log that was cut, and another version of the fold', async () => {
    const { stack } = embedded;
    const cut: StackHandle = {
      ...stack,
      reader: {
        partitionCount: (topic) => stack.reader.partitionCount(topic),
        bounds: async (topic) =>
          (await stack.reader.bounds(topic)).map((it) => ({ ...it, start: 3 })),
        tails: (places) => stack.reader.tails(places),
        committed: (group, topics) => stack.reader.committed(group, topics),
        close: () => stack.reader.close(),
        read: (from, to) => stack.reader.read(from, to),
      },
    };
    const codeOf = async (given: StackHandle): Promise<string> => {
      const fault: unknown = await run(rebuildCommand, [], { stack: given }).catch(
        (it: unknown) => it,
      );
      return fault instanceof CliFault ? fault.code : 'none';
    };
    expect(await codeOf(cut)).toBe('STRATA_CLI_LOG_CUT');
    const { fields, ...shard } = await stack.store.inspect(0);
    const ledger = JSON.parse(new TextDecoder().decode(fields['ledger'])) as object;
    const other = new TextEncoder().encode(JSON.stringify({ ...ledger, foldVersion: 7 }));
    const store = new Proxy(stack.store, {
      get: (target, name) => {
        if (name === 'inspect')
          return async () => ({ ...shard, fields: { ...fields, ledger: other } });
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    expect(await codeOf({ ...stack, store })).toBe('STRATA_CLI_NEW_EPOCH');
    expect(await isSame()).toBe(true);
  });
});
