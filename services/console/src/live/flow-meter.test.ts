import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { MemoryLog, MemoryLogReader } from '@strata/memory';
import { SerdeFault } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { expect, test } from 'vitest';
import { FlowMeter } from './flow-meter.ts';

/** A letter is its reason here; of one that says nothing nothing can be read. */
const serde: TopicSerde = {
  prepare: async () => {},
  encode: () => new Uint8Array(),
  decode: (value) => {
    if (value.length === 0) throw new SerdeFault('bad-avro', 'nothing is in it');
    return { name: 'letter', body: { reason: Buffer.from(value).toString() } };
  },
};

function aMeter() {
  const log = new MemoryLog({ nowMs: () => 0 });
  for (const topic of [...INTAKE_TOPICS, ...Object.values(TOPICS)]) log.createTopic(topic, 2);
  const reader = new MemoryLogReader(log);
  const meter = new FlowMeter({ log: reader, serde });
  function append(topic: string, count: number): void {
    for (let index = 0; index < count; index += 1) {
      log.append([{ topic, partition: index % 2, key: null, value: null, headers: {} }]);
    }
  }
  function letters(ids: readonly string[], value: string | null): void {
    const bytes = value === null ? null : Buffer.from(value);
    const place = { topic: TOPICS.deadLetters, partition: 0 };
    log.append(ids.map((id) => ({ ...place, key: Buffer.from(id), value: bytes, headers: {} })));
  }
  return { log, reader, meter, append, letters };
}

test('tells rates from the ends of the topics', async () => {
  const { meter, append } = aMeter();
  await meter.sample(0);
  expect(meter.look(0).flow.intakePerSecond).toBeNull();
  append(TOPICS.events, 20);
  append(TOPICS.tierChanges, 5);
  await meter.sample(2_000);
  expect(meter.look(2_000).flow).toEqual({
    intakePerSecond: 10,
    customerLogPerSecond: 0,
    tierChangesPerSecond: 2.5,
  });
});

test('counts dead letters by reason, each by its newest record', async () => {
  const { log, meter, letters } = aMeter();
  const counted = () => Object.fromEntries(meter.look(0).letters ?? []);
  letters(['a', 'b', 'c', 'a'], 'bad-field');
  letters(['e'], '');
  await meter.sample(0);
  expect(counted()).toEqual({ 'bad-field': 3, unknown: 1 });
  letters(['b', 'd', 'e'], null);
  letters(['c'], 'too-old');
  await meter.sample(0);
  expect(counted()).toEqual({ 'bad-field': 1, 'too-old': 1 });
  log.cutBefore({ topic: TOPICS.deadLetters, partition: 0 }, 5);
  await meter.sample(0);
  expect(counted()).toEqual({ 'too-old': 1 });
});

test('says nothing of now after a look that failed, or that is old', async () => {
  const { meter, reader, append, letters } = aMeter();
  letters(['a'], 'bad-field');
  await meter.sample(0);
  append(TOPICS.events, 20);
  await meter.sample(2_000);
  expect(meter.look(2_000)).toMatchObject({ flow: { intakePerSecond: 10 } });
  expect(meter.look(60_000)).toMatchObject({ flow: { intakePerSecond: null }, letters: null });
  const bounds = reader.bounds.bind(reader);
  reader.bounds = () => Promise.reject(new Error('No broker.'));
  await expect(meter.sample(4_000)).rejects.toThrow('No broker.');
  expect(meter.look(4_000)).toMatchObject({ flow: { intakePerSecond: null }, letters: null });
  reader.bounds = bounds;
  await meter.sample(6_000);
  expect(meter.look(6_000).letters?.get('bad-field')).toBe(1);
});
