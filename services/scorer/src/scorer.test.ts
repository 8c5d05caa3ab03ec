import { TOPICS, unpackOriginal } from '@strata/contracts';
import { aPurchase, day } from '@strata/domain/builders';
import { unseal } from '@strata/service-runtime';
import { describe, expect, it } from 'vitest';
import { gateAt, SEALING_KEY, TestStack } from './test-stack.ts';
import { OverlappingReader } from './test-troubles.ts';

/** Four purchases a day apart: assigned, then promoted to gold by the policy of the builders. */
const buying = (customerId: string, from = 0) =>
  [0, 1, 2, 3].map((n) => aPurchase(day(from + n), { customerId }));

async function anOpenStack(time: 'wall' | 'data' = 'data'): Promise<TestStack> {
  const stack = new TestStack();
  stack.open(time);
  stack.publish();
  return stack;
}

const isActive = (stack: TestStack) => () =>
  stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === stack.partitions;

describe('the scorer', () => {
  it('activates the published policy once in every partition, then grades by it', async () => {
    const stack = await anOpenStack();
    const scorer = await stack.start();
    await stack.until('the policy is active', isActive(stack));
    stack.events([...buying('c1'), ...buying('c2'), ...buying('c3')]);
    await stack.settled();
    await scorer.stop();
    const again = await stack.start();
    await stack.until('it is ready', () => again.report().reasons.length === 0);
    await again.stop();
    expect(isActive(stack)()).toBe(true);
    const told = stack.changes().filter(({ customerId }) => customerId === 'c1');
    expect(told.map(({ type, toTier }) => `${type} ${toTier}`)).toEqual([
      'assigned bronze',
      'promoted silver',
      'promoted gold',
    ]);
  });

  it('numbers the outputs of each partition and topic from 1 without a gap, in headers too', async () => {
    const stack = await anOpenStack();
    const scorer = await stack.start();
    await stack.until('the policy is active', isActive(stack));
    stack.events(['c1', 'c2', 'c3', 'c4', 'c5'].flatMap((id) => buying(id)));
    await stack.settled();
    for (const topic of [TOPICS.tierChanges, TOPICS.tiers]) {
      for (let partition = 0; partition < stack.partitions; partition += 1) {
        const seqs = stack
          .records(topic)
          .filter((record) => record.partition === partition)
          .map(({ headers }) => new TextDecoder().decode(headers['strata-seq']));
        expect(seqs.length).toBeGreaterThan(0);
        expect(seqs).toEqual(seqs.map((_, index) => `1.${index + 1}`));
      }
    }
    for (const change of stack.changes()) {
      expect(change.partition).toBe(stack.partitionOf(change.customerId));
    }
    expect(
      stack
        .snapshots()
        .filter(({ customerId }) => customerId === 'c5')
        .at(-1),
    ).toMatchObject({
      tier: 'gold',
      since: day(3),
      customerSeq: 3,
    });
    await scorer.stop();
  });

  it('demotes who is silent when a mark moves the clock in data time', async () => {
    const stack = await anOpenStack();
    const scorer = await stack.start();
    await stack.until('the policy is active', isActive(stack));
    stack.events(buying('c1'));
    await stack.settled();
    stack.everywhere({ kind: 'clock', at: day(40) });
    await stack.until('the customer is demoted', () =>
      stack.changes().some(({ toTier, type }) => type === 'demoted' && toTier === 'bronze'),
    );
    const demotions = stack.changes().filter(({ type }) => type === 'demoted');
    expect(demotions.map(({ cause, effectiveAt }) => [cause.kind, effectiveAt])).toEqual([
      ['time', day(31)],
      ['time', day(32)],
    ]);
    await stack.settled();
    expect(stack.logRecords().filter(({ kind }) => kind === 'tick')).toHaveLength(1);
    await scorer.stop();
  });

  it('demotes who is silent when wall time passes, at the right instant', async () => {
    const stack = new TestStack();
    stack.clock.ms = day(0);
    stack.open('wall');
    stack.publish();
    const scorer = await stack.start();
    await stack.until('the policy is active', isActive(stack));
    stack.events(
      [aPurchase(day(0), { customerId: 'c1' }), aPurchase(day(0), { customerId: 'c1' })],
      'wall',
    );
    await stack.settled();
    stack.advance(day(30) - day(0) - 1);
    await stack.settled();
    expect(stack.changes().map(({ type }) => type)).toEqual(['assigned', 'promoted']);
    stack.advance(1);
    await stack.until('the customer is demoted', () => stack.changes().length === 3);
    expect(stack.changes()[2]).toMatchObject({ type: 'demoted', effectiveAt: day(30) });
    await scorer.stop();
  });

  it('does not fill the log with ticks while the clock of the broker is behind', async () => {
    const wall = { ms: day(0) };
    const stack = new TestStack(1, { nowMs: () => wall.ms });
    stack.clock.ms = day(0);
    stack.open('wall');
    stack.publish();
    const scorer = await stack.start();
    await stack.until('the policy is active', isActive(stack));
    stack.events([aPurchase(day(0)), aPurchase(day(0))], 'wall');
    await stack.settled();
    const ticks = () => stack.logRecords().filter(({ kind }) => kind === 'tick').length;
    stack.advance(day(30) - day(0));
    await stack.until('the early tick is there', () => ticks() === 1);
    await stack.settled();
    stack.advance(500);
    await stack.until('it is tried again after a while', () => ticks() === 2);
    wall.ms = day(31);
    await stack.until('the customer is demoted', async () => {
      stack.advance(10_000);
      return stack.changes().some(({ type }) => type === 'demoted');
    });
    expect(ticks()).toBe(3);
    await scorer.stop();
  });

  it('lets live traffic go first, but not for ever', async () => {
    const stack = new TestStack(1);
    stack.clock.ms = day(0);
    stack.open('wall');
    stack.publish();
    const gate = gateAt('after-load');
    const settings = { at: gate.at, tickLagMax: 0, tickWaitMsMax: 5_000 };
    const scorer = await stack.start({ settings, batchRecords: 1 });
    await stack.until('the policy is active', isActive(stack));
    stack.events([aPurchase(day(0)), aPurchase(day(0))], 'wall');
    await stack.settled();
    const ticks = () => stack.logRecords().filter(({ kind }) => kind === 'tick').length;
    gate.shut();
    stack.events(
      [1, 2, 3].map((n) => aPurchase(day(0), { customerId: `other ${n}` })),
      'wall',
    );
    await stack.turns();
    stack.advance(day(30) - day(0));
    await stack.turns();
    expect(ticks()).toBe(0);
    stack.advance(5_000);
    await stack.until('the tick does not wait for ever', () => ticks() === 1);
    gate.open();
    await stack.settled();
    await scorer.stop();
  });

  it('appends an activation once, however long it takes to be folded', async () => {
    const stack = new TestStack();
    stack.open('data');
    const gate = gateAt('after-fetch');
    const scorer = await stack.start({ settings: { at: gate.at, policyPollMs: 1_000 } });
    await stack.settled();
    gate.shut();
    stack.publish();
    stack.advance(1_000);
    await stack.until('the policy is activated', isActive(stack));
    for (let poll = 0; poll < 3; poll += 1) {
      stack.advance(1_000);
      await stack.turns();
    }
    expect(isActive(stack)()).toBe(true);
    expect(scorer.report().reasons).toEqual([
      'The published policy is not active yet (partitions 0, 1).',
    ]);
    gate.open();
    await stack.settled();
    expect(scorer.report().reasons).toEqual([]);
    await scorer.stop();
  });

  it('writes a dead letter in the same commit and goes on', async () => {
    const stack = await anOpenStack();
    const scorer = await stack.start();
    await stack.until('the policy is active', isActive(stack));
    const poison = new TextEncoder().encode('no record at all');
    stack.append(0, poison);
    // A schema id that no letter could hold: it must not hold up the partition.
    stack.append(0, Buffer.from('00ffffffff02', 'hex'));
    stack.events(buying('c1', 1_000));
    stack.events([aPurchase(day(0), { customerId: 'c1' })]);
    await stack.settled();
    const letters = stack.deadLetters();
    expect(letters.map(({ reason }) => reason).toSorted()).toEqual([
      'bad-avro',
      'bad-avro',
      'too-old',
    ]);
    const letter = letters.find(({ sizeBytes }) => sizeBytes === poison.length);
    expect(letter).toMatchObject({ topic: TOPICS.customerLog, partition: 0, redrives: 0 });
    const original = unpackOriginal(unseal(SEALING_KEY, letter?.sealed ?? new Uint8Array()));
    expect(original.value).toEqual(Buffer.from(poison));
    expect(letters.find(({ reason }) => reason === 'too-old')?.type).toBe('purchase');
    await scorer.stop();
  });

  it('decides the same whatever the size of a commit', async () => {
    const hashes: string[][] = [];
    const events = Array.from({ length: 40 }, (_, n) => buying(`c${n % 7}`, n)).flat();
    for (const commitRecordsMax of [1, 7, 1_000]) {
      const stack = await anOpenStack();
      const scorer = await stack.start({ settings: { commitRecordsMax }, batchRecords: 11 });
      await stack.until('the policy is active', isActive(stack));
      stack.events(events);
      await stack.settled();
      const details = scorer.report().details as { partitions: { decisionHash: string }[] };
      hashes.push(details.partitions.map(({ decisionHash }) => decisionHash));
      await scorer.stop();
    }
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toEqual(hashes[0]);
    expect(new Set(hashes[0]).size).toBe(2);
  });

  it('sends a heartbeat after each commit, however large the batch', async () => {
    const stack = await anOpenStack();
    stack.events(buying('c1'));
    const place = { topic: TOPICS.customerLog, partition: stack.partitionOf('c1') };
    const { records } = stack.log.slice(place, { from: 0, to: 100, limit: 100 });
    const [group, committed] = [new OverlappingReader(records), new Array<string>()];
    const scorer = await stack.start({
      settings: { commitRecordsMax: 1 },
      ports: {
        group: {
          reacquire: () => {},
          start: (settings, handlers) =>
            group.start(settings, {
              ...handlers,
              onAssigned: handlers.onAssigned.bind(handlers),
              onFatal: handlers.onFatal.bind(handlers),
              onBatch: (batch) =>
                handlers.onBatch({
                  ...batch,
                  heartbeat: async () => void committed.push('heartbeat'),
                }),
            }),
          stop: () => group.stop(),
        },
      },
    });
    await group.isDone;
    expect(committed).toHaveLength(records.length);
    await scorer.stop();
  });

  it('says why it is not ready, and stays alive', async () => {
    const stack = new TestStack();
    const scorer = await stack.start();
    expect(scorer.report().reasons.join(' ')).toMatch(/not opened yet|No partitions/);
    stack.open('data');
    await stack.until('it is ready', () => scorer.report().reasons.length === 0);
    expect(scorer.report().isLive).toBe(true);
    await scorer.stop();
  });
});
