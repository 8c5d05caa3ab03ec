import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { MemoryLog, MemoryLogReader } from '@strata/memory';
import { tpKey } from '@strata/pipeline';
import { expect, test } from 'vitest';
import { FlowMeter } from './flow-meter.ts';

function aMeter() {
  const log = new MemoryLog({ nowMs: () => 0 });
  for (const topic of [...INTAKE_TOPICS, ...Object.values(TOPICS)]) log.createTopic(topic, 2);
  const groups = { ingestor: 'i', scorer: 's', notifier: 'n' };
  const meter = new FlowMeter({ log: new MemoryLogReader(log), groups });
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
  return { log, meter, append, letters };
}

test('tells rates from the ends of the topics', async () => {
  const { meter, append } = aMeter();
  expect((await meter.sample(0)).intakePerSecond).toBeNull();
  append(TOPICS.events, 20);
  append(TOPICS.tierChanges, 5);
  const flow = await meter.sample(2_000);
  expect(flow).toMatchObject({
    intakePerSecond: 10,
    customerLogPerSecond: 0,
    tierChangesPerSecond: 2.5,
  });
});

test('tells what each group has still to read, and what nobody could', async () => {
  const { log, meter, append, letters } = aMeter();
  append(TOPICS.customerLog, 8);
  append(TOPICS.tierChanges, 4);
  letters(['a', 'b', 'c', 'a'], 'refused');
  log.committed('s').set(tpKey({ topic: TOPICS.customerLog, partition: 0 }), 3);
  expect(await meter.sample(0)).toMatchObject({
    ingestorLag: 0,
    scorerLag: 5,
    notifierLag: 4,
    deadLetters: 3,
  });
  letters(['b', 'd'], null);
  letters(['c'], 'refused again');
  expect(await meter.sample(1)).toMatchObject({ deadLetters: 2 });
  log.cutBefore({ topic: TOPICS.deadLetters, partition: 0 }, 5);
  expect(await meter.sample(2)).toMatchObject({ deadLetters: 1 });
});
