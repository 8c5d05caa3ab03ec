import { letterSubjectOf, logRecordToWire, RETIRED_HEADER, TOPICS } from '@strata/contracts';
import type { Erased } from '@strata/domain';
import { aPurchase, aReferral, day } from '@strata/domain/builders';
import { MemoryLogWriter, MemoryStateStore } from '@strata/memory';
import { outputNumberOf, type TopicRecord } from '@strata/pipeline';
import { type HealthReport, keyedMarker } from '@strata/service-runtime';
import { describe, expect, it } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from './crash-point.ts';
import { freezeAt, SEALING_KEY, serde, TestStack } from './test-stack.ts';

const ERASED = '林记茶行';
const OTHERS = ['c0', 'c1', 'c2', 'c3'];
const marker = keyedMarker(SEALING_KEY)(ERASED);

async function anActiveStack(): Promise<TestStack> {
  const stack = new TestStack();
  stack.open('data');
  stack.publish();
  const scorer = await stack.start();
  await stack.until(
    'the policy is active',
    () =>
      stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length ===
      stack.partitions,
  );
  await stack.settled();
  await scorer.stop();
  return stack;
}

const dollars = { minor: 5, currency: 'USD' };

/** What has made everything that can hold a name: state, due entry, letter, and the states of those whom it named. */
function lives(stack: TestStack): void {
  stack.events([
    ...OTHERS.map((customerId) => aPurchase(day(0), { customerId })),
    ...[0, 1, 2].map((n) => aPurchase(day(n), { customerId: ERASED })),
    aPurchase(day(2), { customerId: ERASED, amount: dollars }),
    aReferral(day(2), { customerId: ERASED, referredCustomerId: 'n1' }),
    aReferral(day(2), { customerId: 'c0', referredCustomerId: ERASED }),
    aPurchase(day(2), { customerId: 'c1', amount: dollars }),
  ]);
}

function erase(stack: TestStack, id = 'd1'): void {
  const record: Erased = { kind: 'erased', id, customerId: ERASED, reason: 'r', actor: 'ann' };
  stack.append(
    stack.partitionOf(ERASED),
    serde(TOPICS.customerLog).encode(logRecordToWire(record)),
  );
}

const keyOf = ({ key }: TopicRecord): string => Buffer.from(key ?? []).toString();

function lettersAbout(stack: TestStack): readonly string[] {
  const live = new Map<string, TopicRecord>();
  for (const record of stack.records(TOPICS.deadLetters)) live.set(keyOf(record), record);
  return [...live.values()]
    .filter(({ value, headers }) => {
      return value !== null && letterSubjectOf(headers).markers.includes(marker);
    })
    .map(keyOf);
}

async function erasedEverywhere(stack: TestStack): Promise<void> {
  await stack.until('the erasure is done', async () => {
    await stack.settled();
    const erasures = await Promise.all(
      [0, 1].map(async (p) => (await stack.store.inspect(p)).fields['erasures']),
    );
    return erasures.some((bytes) => bytes !== undefined) && lettersAbout(stack).length === 0;
  });
}

/** Everything that the store can show, as one text. */
async function dumpOf(stack: TestStack): Promise<string> {
  const said: string[] = [];
  const say = (bytes: Uint8Array | null): number => said.push(Buffer.from(bytes ?? []).toString());
  for (let partition = 0; partition < stack.partitions; partition += 1) {
    const { fields } = await stack.store.inspect(partition);
    for (const bytes of Object.values(fields)) say(bytes);
    for await (const batch of stack.store.scan(partition)) {
      for (const [customerId, bytes] of batch) said.push(customerId, Buffer.from(bytes).toString());
    }
    said.push(
      ...(await stack.store.dueCustomers({
        partition,
        upToMs: Number.MAX_SAFE_INTEGER,
        limit: 99,
      })),
    );
    const outbox = await stack.store.outbox({ partition, afterPosition: 0, limit: 99 });
    for (const { key, value } of outbox) [key, value].forEach(say);
  }
  return said.join(' ');
}

/** As a reader keeps it who drops what is not above the last number; `gone` where there is no value. */
function told(stack: TestStack, topic: string): readonly string[] {
  const last = new Map<number, number>();
  return stack.records(topic).flatMap((record) => {
    const { seq } = outputNumberOf(record);
    if (seq <= (last.get(record.partition) ?? 0)) return [];
    expect(seq).toBe((last.get(record.partition) ?? 0) + 1);
    last.set(record.partition, seq);
    const retired = record.headers[RETIRED_HEADER];
    const what = record.value === null ? `gone ${Buffer.from(retired ?? []).toString()}` : 'told';
    return [`${record.partition} ${keyOf(record)} ${what}`];
  });
}

const hashesOf = (report: HealthReport) =>
  (report.details as { partitions: { decisionHash: string }[] }).partitions.map(
    ({ decisionHash }) => decisionHash,
  );

async function undisturbed() {
  const stack = await anActiveStack();
  const scorer = await stack.start();
  lives(stack);
  await stack.settled();
  expect(await dumpOf(stack)).toContain(ERASED);
  expect(lettersAbout(stack)).toHaveLength(1);
  erase(stack);
  await erasedEverywhere(stack);
  const hashes = hashesOf(scorer.report());
  await scorer.stop();
  return { stack, hashes };
}

describe('an erasure', () => {
  it('leaves no name in state, due index, outbox and letters, and tells both topics once', async () => {
    const { stack } = await undisturbed();
    expect(await dumpOf(stack)).not.toContain(ERASED);
    for (const topic of [TOPICS.tierChanges, TOPICS.tiers]) {
      const own = told(stack, topic).filter((line) => line.includes(ERASED));
      expect(own.at(-1)).toMatch(/gone erased$/);
      expect(own.filter((line) => line.includes('gone'))).toHaveLength(1);
    }
    const others = stack.deadLetters().filter(({ reason }) => reason === 'no-rate');
    expect(others.length).toBeGreaterThanOrEqual(2);
  });

  it('is the same after the store has lost everything: no number, no letter and no name comes back', async () => {
    const { stack, hashes } = await undisturbed();
    const before = [TOPICS.tierChanges, TOPICS.tiers].map((topic) => stack.records(topic).length);
    stack.store = new MemoryStateStore();
    const scorer = await stack.start({ settings: { commitRecordsMax: 3 } });
    await erasedEverywhere(stack);
    const after = [TOPICS.tierChanges, TOPICS.tiers].map((topic) => stack.records(topic).length);
    expect(after).toEqual(before);
    expect(hashesOf(scorer.report())).toEqual(hashes);
    expect(await dumpOf(stack)).not.toContain(ERASED);
    await scorer.stop();
  });

  it('drops what comes late, without a letter', async () => {
    const { stack } = await undisturbed();
    const scorer = await stack.start();
    const letters = stack.deadLetters().length;
    stack.events([
      aPurchase(day(5), { customerId: ERASED }),
      aPurchase(day(5), { customerId: ERASED, amount: dollars }),
    ]);
    await stack.settled();
    expect(await dumpOf(stack)).not.toContain(ERASED);
    expect(stack.deadLetters()).toHaveLength(letters);
    await scorer.stop();
  });

  it('erases letters that come late too, at the next look', async () => {
    const { stack } = await undisturbed();
    const scorer = await stack.start();
    await stack.settled();
    const letter = stack.records(TOPICS.deadLetters).find(({ value, headers }) => {
      return value !== null && letterSubjectOf(headers).markers.includes(marker);
    });
    await stack.turns();
    stack.log.append([letter as TopicRecord]);
    expect(lettersAbout(stack)).toHaveLength(1);
    stack.advance(60_000);
    await stack.until('it is erased', () => lettersAbout(stack).length === 0);
    await scorer.stop();
  });

  it('waits until what was told before is published', async () => {
    const stack = await anActiveStack();
    const writer = new MemoryLogWriter(stack.log);
    const gate = Promise.withResolvers<void>();
    const scorer = await stack.start({
      ports: {
        outputWriter: {
          send: async (records) => {
            await gate.promise;
            await writer.send(records);
          },
          close: () => writer.close(),
        },
      },
    });
    lives(stack);
    erase(stack);
    const partition = stack.partitionOf(ERASED);
    const end = () => stack.log.bounds(TOPICS.customerLog)[partition]?.end ?? 0;
    await stack.until('all before the erasure is folded', async () => {
      return (await stack.store.inspect(partition)).next === end() - 1;
    });
    await stack.turns();
    expect((await stack.store.inspect(partition)).fields['erasures']).toBeUndefined();
    gate.resolve();
    await erasedEverywhere(stack);
    expect(told(stack, TOPICS.tierChanges).at(-1)).toMatch(/gone erased$/);
    await scorer.stop();
  });

  it('refuses to go on under another key', async () => {
    const { stack } = await undisturbed();
    await stack.start({ ports: { markerOf: keyedMarker(new Uint8Array(32).fill(6)) } });
    await stack.until('it stops', () => stack.fatal.length > 0);
    expect(String(stack.fatal[0])).toContain('STRATA_SEALING_KEY');
  });

  const points = CRASH_POINTS.filter((point) => point !== 'mid-shutdown');
  const cases = points
    .flatMap((point) => ([1, 2, 4] as const).map((nth): [CrashPoint, number] => [point, nth]))
    .filter(([point, nth]) => nth === 1 || (point !== 'mid-acquire' && point !== 'before-seek'));

  it.each(cases)('survives a death at %s, time %i', async (point, nth) => {
    const stack = await anActiveStack();
    const small = { commitRecordsMax: 3, relayRecordsMax: 5 };
    const freeze = freezeAt(point, nth);
    await stack.start({ settings: { ...small, at: freeze.at }, batchRecords: 9 });
    lives(stack);
    erase(stack);
    await stack.until(`it is frozen at ${point}`, freeze.isFrozen);
    const heir = await stack.start({ settings: small, batchRecords: 9 });
    await erasedEverywhere(stack);
    expect(await dumpOf(stack)).not.toContain(ERASED);
    for (const topic of [TOPICS.tierChanges, TOPICS.tiers]) {
      const own = told(stack, topic).filter((line) => line.includes(ERASED));
      expect(own.at(-1)).toMatch(/gone erased$/);
      expect(own.filter((line) => line.includes('gone'))).toHaveLength(1);
    }
    await heir.stop();
  });
});
