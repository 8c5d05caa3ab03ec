import { TOPICS } from '@strata/contracts';
import { MemoryLog, MemoryLogReader } from '@strata/memory';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaHistory,
  registerSchemas,
} from '@strata/schema-registry';
import { expect, test } from 'vitest';
import { openStackSerdes } from '../stack/stack-serdes.ts';
import { byPlace, readLetters } from './read-letters.ts';

const clock = { nowMs: () => 0 };
const source = new MemorySchemaRegistry();
for (const round of readSchemaHistory()) await registerSchemas(source, round);
const serdes = await openStackSerdes(source, clock);
const first = await openTopicSerdes({
  source,
  schemas: (readSchemaHistory()[0] ?? []).filter(({ topic }) => topic === TOPICS.deadLetters),
  clock,
});

const OLD = {
  id: 'strata.intake.events.v1.0.7',
  topic: TOPICS.events,
  partition: 0,
  offset: 7,
  reason: 'no-customer',
  detail: 'customerId',
  schemaId: null,
  type: 'purchase',
  firstSeenAt: 1_000,
  redrives: 0,
  sizeBytes: 2,
  sealed: Buffer.from('sealed'),
};

function aLog() {
  const log = new MemoryLog(clock);
  log.createTopic(TOPICS.deadLetters, 1);
  const append = (id: string, value: Uint8Array | null): void =>
    log.append([
      { topic: TOPICS.deadLetters, partition: 0, key: Buffer.from(id), value, headers: {} },
    ]);
  return { append, reader: new MemoryLogReader(log) };
}

test('reads letters that were written before they had a state, a source and a last time', async () => {
  const { append, reader } = aLog();
  append(
    OLD.id,
    first(TOPICS.deadLetters).encode({ name: 'strata.deadletters.DeadLetter', body: OLD }),
  );
  const found = await readLetters({ reader, serdes }, { keepsOriginals: true });
  expect(found.map(({ letter }) => letter)).toEqual([
    { ...OLD, source: null, lastSeenAt: 1_000, state: 'open' },
  ]);
});

test('of a letter the newest record holds, and a tombstone is none', async () => {
  const { append, reader } = aLog();
  const encode = (redrives: number): Uint8Array =>
    serdes.deadLetters.encode({
      name: 'strata.deadletters.DeadLetter',
      body: { ...OLD, source: 'shop', lastSeenAt: 2_000, state: 'open', redrives },
    });
  append('a', encode(0));
  append('b', encode(0));
  append('a', encode(1));
  append('b', null);
  const found = await readLetters({ reader, serdes });
  expect(found).toMatchObject([{ letter: { redrives: 1, source: 'shop' } }]);
  expect(found[0]?.letter.sealed).toHaveLength(0);
  const unwanted = await readLetters(
    { reader, serdes },
    { isWanted: ({ letter }) => letter.redrives === 0 },
  );
  expect(unwanted).toEqual([]);
});

test('orders by topic, partition and offset', () => {
  const places = [
    { topic: 'b', partition: 0, offset: 1 },
    { topic: 'a', partition: 1, offset: 9 },
    { topic: 'a', partition: 0, offset: 10 },
    { topic: 'a', partition: 0, offset: 9 },
  ];
  expect(places.toSorted(byPlace)).toEqual(places.toReversed());
});
