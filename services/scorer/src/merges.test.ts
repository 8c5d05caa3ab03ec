import { letterSubjectOf, logRecordToWire, TOPICS } from '@strata/contracts';
import type { CustomerState, MergeAsked } from '@strata/domain';
import { aLink, aPurchase, day } from '@strata/domain/builders';
import { keyedMarker } from '@strata/service-runtime';
import { readCustomers } from '@strata/shard-state';
import { describe, expect, it } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from './crash-point.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import { freezeAt, SEALING_KEY, serde, TestStack } from './test-stack.ts';

/** Every record a commit, every output a send: whatever can lie between two steps does. */
const SMALL: Partial<ScorerSettings> = { commitRecordsMax: 1, relayRecordsMax: 1 };
const PARTITIONS = 3;

async function aStack(): Promise<TestStack> {
  const stack = new TestStack(PARTITIONS);
  stack.open('data');
  stack.publish();
  const scorer = await stack.start();
  await stack.until(
    'the policy is active',
    () =>
      stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === PARTITIONS,
  );
  await stack.settled();
  await scorer.stop();
  return stack;
}

/** One customer of each partition. */
function customersOfAll(stack: TestStack): readonly [string, string, string] {
  const [first = '', second = '', third = ''] = [0, 1, 2].map((partition) => {
    for (let n = 0; ; n++) if (stack.partitionOf(`c${n}`) === partition) return `c${n}`;
  });
  return [first, second, third];
}

function ask(stack: TestStack, otherId: string, survivorId: string): void {
  const id = `${otherId} into ${survivorId}`;
  const record: MergeAsked = {
    kind: 'merge-asked',
    id,
    survivorId,
    otherId,
    reason: 'r',
    actor: 'a',
  };
  const bytes = serde(TOPICS.customerLog).encode(logRecordToWire(record));
  stack.append(stack.partitionOf(survivorId), bytes);
}

/** Names are fixed, so that what comes late can be told from what is new. */
const buys = (customerId: string, n: number) => ({
  ...aPurchase(day(n), { customerId }),
  eventId: `e${n}`,
  orderId: `o${n}`,
});

/** Of whom nothing is known when it is linked, and of whom something is. */
const [GUEST, DEVICE] = ['guest:1', 'device:1'];

/**
 * The first joins the second, then the second the third, and two other ids are linked to the third meanwhile; events of
 * all names come in between and after.
 */
async function play(stack: TestStack): Promise<void> {
  const [first, second, third] = customersOfAll(stack);
  const reported = buys(first, 1);
  stack.events([reported, { ...reported, customerId: second }, buys(second, 2)]);
  ask(stack, first, second);
  stack.events([buys(first, 3), buys(third, 4), buys(DEVICE, 4)]);
  await stack.settled();
  stack.events([link(DEVICE, third), link(GUEST, third)]);
  ask(stack, second, third);
  stack.events([buys(first, 3), buys(first, 5), buys(second, 6), buys(GUEST, 9)]);
  await stack.settled();
  stack.events([buys(first, 5), buys(second, 7), buys(third, 8), link(GUEST, third)]);
  await stack.settled();
}

const link = (linkedId: string, customerId: string) => ({
  ...aLink(day(1), { linkedId, customerId }),
  eventId: `link of ${linkedId}`,
});

interface Outcome {
  readonly eventIds: number;
  readonly left: readonly string[];
  readonly reserved: number;
  readonly tiers: readonly (readonly [string, string | undefined])[];
  readonly sequences: readonly number[];
}

async function statesOf(stack: TestStack): Promise<ReadonlyMap<string, CustomerState>> {
  const all = new Map<string, CustomerState>();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for await (const batch of stack.store.scan(partition)) {
      const found = await readCustomers(stack.store, partition, batch);
      for (const [id, state] of found) all.set(id, state);
    }
  }
  return all;
}

async function outcomeOf(stack: TestStack): Promise<Outcome> {
  const states = await statesOf(stack);
  const [first, second, third] = customersOfAll(stack);
  const survivor = states.get(third) as CustomerState;
  const tombstones = stack.records(TOPICS.tiers).filter(({ value }) => value === null);
  return {
    eventIds: survivor.ledger.parts.length,
    left: [...new Set(tombstones.map(({ key }) => Buffer.from(key ?? []).toString()))].toSorted(),
    reserved: [...states.values()].filter(({ reservation }) => reservation !== undefined).length,
    tiers: [first, second, third].map((id) => [id, states.get(id)?.standing?.tier]),
    sequences: stack
      .read()
      .filter(({ customerId }) => customerId === third)
      .map(({ customerSeq }) => customerSeq),
  };
}

async function undisturbed(): Promise<{ stack: TestStack; reached: Map<CrashPoint, number> }> {
  const stack = await aStack();
  const reached = new Map<CrashPoint, number>();
  const at = (point: CrashPoint): void => void reached.set(point, (reached.get(point) ?? 0) + 1);
  const scorer = await stack.start({ settings: { ...SMALL, at } });
  await play(stack);
  await scorer.stop();
  return { stack, reached };
}

const { stack: calm, reached: times } = await undisturbed();
const POINTS = CRASH_POINTS.filter((point) => point !== 'mid-shutdown');

describe('merges between partitions', () => {
  it('end with one customer who has everything once, and names that left', async () => {
    const [first, second, third] = customersOfAll(calm);
    const { sequences, ...rest } = await outcomeOf(calm);
    expect(rest).toEqual({
      // One event of the device is of the third, too.
      eventIds: 9,
      left: [first, second, DEVICE, GUEST].toSorted(),
      reserved: 0,
      tiers: [
        [first, undefined],
        [second, undefined],
        [third, 'gold'],
      ],
    });
    expect(sequences).toEqual(sequences.map((_, n) => n + 1));
    const headers = calm
      .records(TOPICS.tiers)
      .filter(({ value }) => value === null)
      .map(({ headers }) => new TextDecoder().decode(headers['strata-retired']));
    expect(headers).toEqual(['merged', 'merged', 'merged', 'merged']);
    const changes = calm.read().filter(({ cause }) => cause.kind === 'merge');
    expect(changes.map(({ customerId, toTier }) => [customerId, toTier])).toContainEqual([
      third,
      'gold',
    ]);
    const states = await statesOf(calm);
    expect(states.get(first)?.alias).toMatchObject({ survivorId: second });
    const names = states.get(third)?.absorbed?.map(({ customerId }) => customerId);
    expect(names?.toSorted()).toEqual([first, second, DEVICE, GUEST].toSorted());
  });

  const cases = POINTS.flatMap((point) =>
    Array.from({ length: times.get(point) ?? 0 }, (_, n): [CrashPoint, number] => [point, n + 1]),
  );
  it.each(cases)('end so when a scorer dies at %s, time %i', async (point, nth) => {
    const stack = await aStack();
    const freeze = freezeAt(point, nth);
    await stack.start({ settings: { ...SMALL, at: freeze.at } });
    const playing = play(stack);
    await stack.until(`it is frozen at ${point}`, freeze.isFrozen);
    const heir = await stack.start({ settings: SMALL });
    await playing;
    expect(await outcomeOf(stack)).toEqual(await outcomeOf(calm));
    await heir.stop();
  });

  it('that meet in both directions are both refused, and can be asked for again', async () => {
    const stack = await aStack();
    const [first, second] = customersOfAll(stack);
    stack.events([buys(first, 1), buys(second, 2)]);
    ask(stack, first, second);
    ask(stack, second, first);
    const scorer = await stack.start({ settings: SMALL });
    await stack.settled();
    expect(stack.deadLetters().map(({ reason }) => reason)).toEqual([
      'merge-in-progress',
      'merge-in-progress',
    ]);
    const states = await statesOf(stack);
    expect([...states.values()].every((it) => it.reservation === undefined)).toBe(true);
    await scorer.stop();
  });

  it('that a link cannot be leave a letter with the names of both, for who erases one of them', async () => {
    const stack = await aStack();
    const [first, second] = customersOfAll(stack);
    stack.events([buys(first, 1), link(GUEST, first)]);
    const scorer = await stack.start();
    await stack.settled();
    stack.events([link(GUEST, second)]);
    await stack.settled();
    const about = stack
      .records(TOPICS.deadLetters)
      .map(({ headers }) => letterSubjectOf(headers).markers.toSorted());
    const namesOf = (...names: string[]) => names.map(keyedMarker(SEALING_KEY)).toSorted();
    expect(about).toEqual([namesOf(second, GUEST)]);
    await scorer.stop();
  });

  it('of large ledgers take several records, none of them near a megabyte', async () => {
    const stack = await aStack();
    const [first, second] = customersOfAll(stack);
    const count = 4_000;
    stack.events(Array.from({ length: count }, (_, n) => buys(first, n / 100)));
    stack.events([buys(second, 41)]);
    ask(stack, first, second);
    const scorer = await stack.start();
    await stack.settled();
    const states = await statesOf(stack);
    expect(states.get(second)?.ledger.parts).toHaveLength(count + 1);
    const handed = stack.logRecords().filter(({ kind }) => kind === 'merge-handed');
    expect(handed.length).toBeGreaterThan(1);
    const sizes = stack.records(TOPICS.customerLog).map(({ value }) => value?.length ?? 0);
    expect(Math.max(...sizes)).toBeLessThan(500_000);
    await scorer.stop();
  });
});
