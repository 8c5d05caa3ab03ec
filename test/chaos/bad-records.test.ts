import {
  type DeadLetter,
  deadLetterFromWire,
  INTAKE_TOPICS,
  logRecordFromWire,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import {
  type BadRecord,
  type BadRecordContext,
  eventIdOf,
  readBadRecords,
  type SentBadRecord,
  sentBadRecord,
  soundNeighbour,
} from '@strata/ingestor/builders';
import { partitionFor, type TopicRecord } from '@strata/pipeline';
import { unseal } from '@strata/service-runtime';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ChaosStack, SEALING_KEY } from './stack/chaos-stack.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY } from './stack/shoppers.ts';
import { until } from './stack/until.ts';

/**
 * The whole corpus of bad records between sound ones, through real processes that die on the way. What went in is in
 * the log or in the dead letters, each once but for repeats that its id tells.
 */

const PARTITIONS = 4;
const DEAD_LETTER_PARTITIONS = 3;
/** A batch in which the first ingestor dies, one in which the second is killed, and the rest. */
const PORTIONS = 3;

interface Case {
  readonly bad: BadRecord;
  readonly context: BadRecordContext;
}

let stack: ChaosStack;
let counts: ReadonlyMap<string, number>;
const CORPUS = readBadRecords();
const at = Date.now();
/** `<topic>.<partition>.<offset>` of each record of the corpus. */
const places = new Map<string, Case>();
const sound = new Set<string>();
let sentCount = 0;

beforeAll(async () => {
  stack = await ChaosStack.start({ time: 'wall', partitions: PARTITIONS });
  const of = INTAKE_TOPICS.map(async (topic) => {
    return [topic, await stack.handle.reader.partitionCount(topic)] as const;
  });
  counts = new Map(await Promise.all(of));
}, 300_000);

const running: ServiceProcess[] = [];

async function start(
  service: 'ingestor' | 'scorer',
  more: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const started = await stack.run(service, more);
  running.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

afterAll(async () => {
  await stack?.stop();
});

function casesOf(time: 'wall' | 'data'): readonly Case[] {
  return CORPUS.map((bad, index) => ({
    bad,
    context: {
      index,
      at,
      encode: (_topic, record) => stack.handle.serdes.intake.encode(record),
      partitions: (topic) => counts.get(topic) ?? 1,
      partitionOf: (customerId) => partitionFor(new TextEncoder().encode(customerId), PARTITIONS),
    } satisfies BadRecordContext,
  })).filter(({ bad }) => (time === 'wall' ? bad.time !== 'data' : bad.time === 'data'));
}

/** A bad one, a sound one, a bad one: in the partitions of all topics. */
async function publish(cases: readonly Case[]): Promise<void> {
  const ends = new Map<string, number>();
  for (const topic of INTAKE_TOPICS) {
    for (const [partition, { end }] of (await stack.handle.reader.bounds(topic)).entries()) {
      ends.set(`${topic}.${partition}`, end);
    }
  }
  const records = cases.flatMap((one) => {
    const bad = sentBadRecord(one.bad, one.context);
    const beside = soundNeighbour(bad.topic, one.context);
    for (const record of [bad, beside]) {
      const place = `${record.topic}.${record.partition}`;
      const offset = ends.get(place) ?? 0;
      ends.set(place, offset + 1);
      if (record === bad) places.set(`${place}.${offset}`, one);
    }
    sound.add(`sound ${one.context.index}`);
    return [bad, beside] satisfies SentBadRecord[];
  });
  sentCount += records.length;
  await stack.handle.writer.send(records);
}

async function recordsOf(topic: string): Promise<readonly TopicRecord[]> {
  const { reader, serdes } = stack.handle;
  const partitions = topic === TOPICS.deadLetters ? DEAD_LETTER_PARTITIONS : PARTITIONS;
  const found: TopicRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const batch of reader.read({ topic, partition, offset: 0 })) found.push(...batch);
  }
  await serdes.prepare(found);
  return found;
}

async function logged(): Promise<readonly CustomerEvent[]> {
  return (await recordsOf(TOPICS.customerLog)).flatMap(eventIn);
}

function eventIn({ value }: Pick<TopicRecord, 'value'>): readonly CustomerEvent[] {
  const { customerLog } = stack.handle.serdes;
  const read = logRecordFromWire(customerLog.decode(value ?? new Uint8Array()));
  return read.kind === 'event' ? [read.event] : [];
}

async function letters(): Promise<readonly DeadLetter[]> {
  const { deadLetters } = stack.handle.serdes;
  return (await recordsOf(TOPICS.deadLetters)).map(({ value }) =>
    deadLetterFromWire(deadLetters.decode(value ?? new Uint8Array())),
  );
}

async function isReadToTheEnd(): Promise<boolean> {
  const { reader } = stack.handle;
  const committed = await reader.committed('strata-ingestor', INTAKE_TOPICS);
  for (const topic of INTAKE_TOPICS) {
    for (const [partition, { end }] of (await reader.bounds(topic)).entries()) {
      if (end > 0 && (committed.get(`${topic}:${partition}`) ?? 0) < end) return false;
    }
  }
  return true;
}

const readToTheEnd = (ingestor: ServiceProcess) =>
  until('all was read', isReadToTheEnd, { seen: () => ingestor.log });

const isRefused = ({ bad }: Case) => bad.reason !== undefined && bad.by !== 'fold';

/** What the intake holds against what became of it: sets of ids, and the reason of each letter. */
async function balance(): Promise<void> {
  const ofIntake = (await letters()).filter(({ topic }) => topic !== TOPICS.customerLog);
  const reasons = new Map(ofIntake.map(({ id, reason, detail }) => [id, [reason, detail]]));
  const faults = [...places].flatMap(([id, one]) => {
    const expected = isRefused(one) ? [one.bad.reason, one.bad.field ?? null] : undefined;
    const found = reasons.get(id);
    const isRight = JSON.stringify(found) === JSON.stringify(expected);
    return isRight ? [] : [{ why: one.bad.why, found, expected }];
  });
  expect(faults).toEqual([]);
  const arrived = new Set((await logged()).map(({ eventId }) => eventId));
  const taken = [...places.values()].filter((one) => !isRefused(one));
  const expected = [...sound, ...taken.map(({ context }) => eventIdOf(context))];
  expect([...arrived].toSorted()).toEqual(expected.toSorted());
  expect(reasons.size + arrived.size).toBe(sentCount);
}

it('in wall time every bad record ends as the corpus says, though ingestors are killed on the way', async () => {
  const scorer = await start('scorer');
  await stack.activate(SHOPPERS_POLICY);
  await until(
    'the policy holds everywhere',
    async () => (await stack.nexts()).every((next) => next >= 2),
    { seen: () => scorer.log },
  );
  const cases = casesOf('wall');
  const size = Math.ceil(cases.length / PORTIONS);
  const portion = (nth: number) => cases.slice(nth * size, (nth + 1) * size);

  const mortal = { STRATA_CRASH_IN_TEST: 'true', STRATA_CRASH_AT: 'after-append:3' };
  await publish(portion(0));
  const first = await start('ingestor', mortal);
  await until('the first dies with a batch in the log and its position lost', () => {
    return !first.isRunning;
  });
  expect(first.ending, first.log).toBe('SIGKILL');

  const second = await start('ingestor');
  const before = (await logged()).length;
  await publish(portion(1));
  await until('the second is at work', async () => (await logged()).length > before, {
    seen: () => second.log,
  });
  await second.kill();

  await publish(portion(2));
  const third = await start('ingestor');
  await readToTheEnd(third);
  await balance();
  expect((await logged()).length).toBeGreaterThan(
    new Set((await logged()).map(({ eventId }) => eventId)).size,
  );
  // A batch that no second try mends would come again for ever.
  for (const each of [second, third]) expect(each.log).not.toContain('comes again');

  // What the fold refuses becomes a letter of the scorer, each time that it lies in the log.
  await until('all is folded', async () => (await stack.lag()) === 0, { seen: () => scorer.log });
  const byFold = cases.filter(({ bad }) => bad.by === 'fold');
  const ids = new Set(byFold.map(({ context }) => eventIdOf(context)));
  const inLog = (await logged()).filter(({ eventId }) => ids.has(eventId)).length;
  const ofFold = async () => (await letters()).filter(({ topic }) => topic === TOPICS.customerLog);
  await until('all letters are published', async () => (await ofFold()).length >= inLog);
  const told = (await ofFold()).flatMap(({ sealed, reason, detail }) => {
    const { value } = unpackOriginal(unseal(SEALING_KEY, sealed));
    return eventIn({ value }).map(({ eventId }) => [eventId, reason, detail].join(' '));
  });
  expect(told).toHaveLength(inLog);
  expect([...new Set(told)].toSorted()).toEqual(
    byFold
      .map(({ bad, context }) => [eventIdOf(context), bad.reason, bad.field].join(' '))
      .toSorted(),
  );
  const folded = await scorer.metric('strata_scorer_records_total', { kind: 'event' });
  expect(folded).toBe((await logged()).length);
}, 300_000);

it('an ingestor that nobody kills counts what went in, what went out, letters and drops exactly', async () => {
  const cases = casesOf('wall');
  const already = { log: (await logged()).length, letters: (await letters()).length };
  // The same corpus again: other places, the same ids.
  places.clear();
  await publish(cases);
  // Nor by a slow machine: who loses its place in the group reads again what it had not committed.
  const ingestor = await start('ingestor', { STRATA_INGESTOR_SESSION_TIMEOUT_MS: '60000' });
  await readToTheEnd(ingestor);
  const count = (labels: Readonly<Record<string, string>>) =>
    ingestor.metric('strata_ingestor_records_total', labels);
  const refused = cases.filter(isRefused);
  expect(await count({ outcome: 'refused' })).toBe(refused.length);
  expect(await count({ outcome: 'appended' })).toBe(2 * cases.length - refused.length);
  expect((await letters()).length - already.letters).toBe(refused.length);
  expect((await logged()).length - already.log).toBe(2 * cases.length - refused.length);
  for (const reason of new Set(refused.map(({ bad }) => bad.reason ?? ''))) {
    const expected = refused.filter(({ bad }) => bad.reason === reason).length;
    expect([
      reason,
      await ingestor.metric('strata_ingestor_dead_letters_total', { reason }),
    ]).toEqual([reason, expected]);
  }
  const drops = cases.map(({ bad }) => Object.values(bad.drops ?? {}).reduce((a, b) => a + b, 0));
  expect(await ingestor.metric('strata_ingestor_dropped_fields_total')).toBe(
    drops.reduce((a, b) => a + b, 0),
  );
}, 120_000);

it('in data time what lies outside its partition, and clock marks that say nothing, are letters', async () => {
  places.clear();
  sound.clear();
  sentCount = 0;
  const already = new Set((await letters()).map(({ id }) => id));
  await publish(casesOf('data'));
  const ingestor = await start('ingestor', { STRATA_TIME_MODE: 'data' });
  await readToTheEnd(ingestor);
  const told = (await letters()).filter(({ id }) => !already.has(id));
  expect(new Map(told.map(({ id, reason }) => [id, reason]))).toEqual(
    new Map([...places].map(([id, { bad }]) => [id, bad.reason])),
  );
  const arrived = new Set((await logged()).map(({ eventId }) => eventId));
  expect([...sound].filter((eventId) => !arrived.has(eventId))).toEqual([]);
}, 120_000);
