import { TOPICS } from '@strata/contracts';
import type { PartitionShard, StateNotes, StateStore, StateWalk } from '@strata/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aContext, anEmbeddedStack } from '../builders/command-context.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { importCommand } from './import.ts';
import { verifyCommand } from './verify.ts';

let embedded: EmbeddedStack;

beforeAll(async () => {
  embedded = await anEmbeddedStack();
  const lines = Array.from({ length: 120 }, (_, n) => purchase(`c${n % 20}`, n));
  // Another currency than the policy's and no rate: a dead letter, which is a decision, too.
  const refused = purchase('c1', 200).replace('CNY', 'USD');
  const stdin = [...lines, refused].join('');
  await run(importCommand, ['-', '--format', 'events', '--until', '2027-12-31'], { stdin });
});
afterAll(() => embedded.stop());

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

async function run(
  command: Command,
  argv: readonly string[],
  { stdin, ...given }: { stdin?: string; stack?: StackHandle; language?: 'en' | 'zh' } = {},
): Promise<{ said: string; exit: number }> {
  const { context, heard } = aContext({ stack: embedded.stack, ...given, input: stdin ?? '' });
  const exit = await command.execute(context, argv);
  return { said: heard.stdout, exit };
}

interface Verified {
  readonly isSame?: boolean;
  readonly isSound?: boolean;
  readonly partitions: {
    readonly findings: Record<string, number>;
    readonly customers: number;
    readonly topics: {
      readonly topic: string;
      readonly outputs: number;
      readonly repeats: number;
    }[];
  }[];
}

async function verified(argv: readonly string[], stack?: StackHandle) {
  const { said, exit } = await run(verifyCommand, [...argv, '--json'], stack ? { stack } : {});
  const report = JSON.parse(said) as Verified;
  const findings = report.partitions.flatMap((it) => Object.keys(it.findings));
  return { report, exit, findings: [...new Set(findings)].toSorted() };
}

/** The stack with another store in front: only what is named is changed. */
const withStore = (changes: Partial<StateStore>): StackHandle => {
  const { store } = embedded.stack;
  const front: StateStore & StateWalk & StateNotes = {
    acquire: (partition) => store.acquire(partition),
    inspect: (partition) => store.inspect(partition),
    holder: (partition) => store.holder(partition),
    load: (partition, ids) => store.load(partition, ids),
    loadPages: (partition, names) => store.loadPages(partition, names),
    commit: (commit) => store.commit(commit),
    dueCustomers: (query) => store.dueCustomers(query),
    earliestDue: (partition) => store.earliestDue(partition),
    outbox: (query) => store.outbox(query),
    trimOutbox: (trim) => store.trimOutbox(trim),
    scan: (partition) => store.scan(partition),
    walk: (step) => store.walk(step),
    look: (partition, ids) => store.look(partition, ids),
    amend: (amendment) => store.amend(amendment),
    beside: (name) => store.beside(name),
    writeNote: (partition, name, value) => store.writeNote(partition, name, value),
    readNote: (partition, name) => store.readNote(partition, name),
    close: () => store.close(),
    ...changes,
  };
  return { ...embedded.stack, store: front };
};

const inspectedAs =
  (change: (shard: PartitionShard) => PartitionShard): StateStore['inspect'] =>
  async (partition) =>
    change(await embedded.stack.store.inspect(partition));

function ledgerWith(shard: PartitionShard, changes: object): PartitionShard {
  const ledger = JSON.parse(new TextDecoder().decode(shard.fields['ledger'])) as object;
  const bytes = new TextEncoder().encode(JSON.stringify({ ...ledger, ...changes }));
  return { ...shard, fields: { ...shard.fields, ledger: bytes } };
}

describe('./strata verify --from-log', () => {
  test('finds a sound stack sound, and says what it covered', async () => {
    const { report, exit, findings } = await verified(['--from-log']);
    expect({ exit, isSame: report.isSame, findings }).toEqual({
      exit: 0,
      isSame: true,
      findings: [],
    });
    const sum = (count: (it: Verified['partitions'][number]) => number): number =>
      report.partitions.reduce((total, it) => total + count(it), 0);
    expect(sum(({ customers }) => customers)).toBe(20);
    expect(sum(({ topics }) => topics[0]?.outputs ?? 0)).toBeGreaterThan(20);
    expect(sum(({ topics }) => topics[0]?.repeats ?? 0)).toBe(0);
    const { said } = await run(verifyCommand, ['--from-log'], { language: 'zh' });
    expect(said).toContain('存储和主题中的内容与日志一致');
  });

  test('finds a customer that is missing, one too many and one that differs', async () => {
    const { store } = embedded.stack;
    const stack = withStore({
      async *scan(partition) {
        for await (const batch of store.scan(partition)) {
          const [first, second, ...rest] = batch;
          yield partition === 0 ? [...(second ? [second] : []), ...rest] : batch;
          if (first !== undefined && partition === 1) yield [['stranger', first[1]]];
        }
      },
      load: async (partition, ids) => {
        const asked = ids.map((id) => (id === 'stranger' ? 'c0' : id));
        const swapped = asked.map((id) => (id === 'c3' ? 'c4' : id));
        const others = await Promise.all([store.load(0, swapped), store.load(1, swapped)]);
        return ids.map((_, i) => others[partition]?.[i] ?? others[1 - partition]?.[i] ?? null);
      },
    });
    const { exit, findings } = await verified(['--from-log'], stack);
    expect(exit).toBe(1);
    expect(findings).toEqual(['customers-different', 'customers-extra', 'customers-missing']);
  });

  test('finds a hash, numbers and a due index that are not those of the log', async () => {
    const stack = withStore({
      inspect: inspectedAs((shard) =>
        ledgerWith(shard, { decisionHash: 'f'.repeat(64), seqs: { [TOPICS.tierChanges]: 1 } }),
      ),
      dueCustomers: async () => ['stranger'],
    });
    const { findings } = await verified(['--from-log'], stack);
    expect(findings).toEqual(['due-unknown', 'hash-differs', 'numbers-differ']);
  });

  test('finds a value that cannot be read', async () => {
    const { store } = embedded.stack;
    const stack = withStore({
      load: async (partition, ids) => {
        const values = await store.load(partition, ids);
        return values.map((value, i) => (ids[i] === 'c7' && value ? value.subarray(0, 3) : value));
      },
    });
    const { report, findings } = await verified(['--from-log'], stack);
    expect(findings).toEqual(['customers-unreadable']);
    expect(
      report.partitions
        .map((it) => it.findings['customers-unreadable'] ?? 0)
        .toSorted((a, b) => a - b),
    ).toEqual([0, 1]);
  });

  test('follows a partition that goes on while it is compared', async () => {
    const { store } = embedded.stack;
    const stack = withStore({
      async *scan(partition) {
        yield* store.scan(partition);
        // After everybody was read and before the partition is looked at again.
        const stdin = purchase('c5', 900) + purchase('newcomer', 901);
        await run(importCommand, ['-', '--format', 'events'], { stdin });
      },
    });
    const { exit, findings, report } = await verified(['--from-log'], stack);
    expect({ exit, findings }).toEqual({ exit: 0, findings: [] });
    expect(report.partitions.reduce((sum, it) => sum + it.customers, 0)).toBe(21);
  });

  test('finds outputs that were given and are nowhere, and such as say something else', async () => {
    const { reader } = embedded.stack;
    const stack: StackHandle = {
      ...embedded.stack,
      reader: {
        partitionCount: (topic) => reader.partitionCount(topic),
        bounds: (topic) => reader.bounds(topic),
        tails: (places) => reader.tails(places),
        committed: (group, topics) => reader.committed(group, topics),
        close: () => reader.close(),
        async *read(from, to) {
          for await (const batch of reader.read(from, to)) {
            if (from.topic === TOPICS.customerLog) yield batch;
            else if (from.topic === TOPICS.tierChanges) yield batch.toSpliced(2, 1);
            else {
              const [first, ...rest] = batch;
              yield first === undefined
                ? []
                : [{ ...first, value: rest.at(-1)?.value ?? null }, ...rest];
            }
          }
        },
      },
    };
    const { findings } = await verified(['--from-log'], stack);
    expect(findings).toEqual(['outputs-different', 'outputs-missing']);
  });

  test('counts a record that lies there twice, and finds nothing wrong with it', async () => {
    const [record] = await firstChange();
    if (record !== undefined) await embedded.stack.writer.send([record]);
    const { exit, report } = await verified(['--from-log']);
    expect(exit).toBe(0);
    const repeats = report.partitions.flatMap(({ topics }) => topics.map((it) => it.repeats));
    expect(repeats.reduce((sum, it) => sum + it, 0)).toBe(1);
  });
});

async function firstChange() {
  const place = { topic: TOPICS.tierChanges, partition: 0, offset: 0 };
  for await (const batch of embedded.stack.reader.read(place)) return batch.slice(0, 1);
  return [];
}

describe('./strata verify', () => {
  test('finds nothing wrong with a sound stack', async () => {
    const { exit, report, findings } = await verified([]);
    expect({ exit, isSound: report.isSound, findings }).toEqual({
      exit: 0,
      isSound: true,
      findings: [],
    });
  });

  test('finds a state that went back behind what is published, and an outbox with a hole', async () => {
    const stack = withStore({
      inspect: inspectedAs((shard) => ledgerWith(shard, { seqs: {}, position: 4, foldVersion: 7 })),
      outbox: async () =>
        [2, 4].map((position) => ({
          position,
          topic: TOPICS.deadLetters,
          seq: position,
          key: null,
          value: null,
          headers: {},
        })),
      dueCustomers: async () => ['stranger'],
    });
    const { exit, findings } = await verified([], stack);
    expect(exit).toBe(1);
    expect(findings).toEqual([
      'due-unknown',
      'numbers-differ',
      'other-fold-version',
      'outbox-broken',
    ]);
  });

  test('finds outputs that the state has given and no topic has', async () => {
    const stack = withStore({
      inspect: inspectedAs((shard) =>
        ledgerWith(shard, { seqs: { [TOPICS.tierChanges]: 10_000, [TOPICS.tiers]: 10_000 } }),
      ),
    });
    const { findings } = await verified([], stack);
    expect(findings).toEqual(['outputs-missing']);
  });
});
