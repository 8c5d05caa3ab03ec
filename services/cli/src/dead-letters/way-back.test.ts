import {
  type DeadLetter,
  identity,
  packOriginal,
  signedRedriveSlipOf,
  TOPICS,
  UNNAMED_LETTER,
} from '@strata/contracts';
import { unkeyedMarker } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { MemoryLog, MemoryLogReader } from '@strata/memory';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import { MemorySchemaRegistry, readSchemaFolder, registerSchemas } from '@strata/schema-registry';
import { expect, test } from 'vitest';
import { openStackSerdes } from '../stack/stack-serdes.ts';
import type { FoundLetter } from './read-letters.ts';
import { sendBack } from './send-back.ts';
import { type RedriveStack, type RowReading, waysBack } from './way-back.ts';

const source = new MemorySchemaRegistry();
await registerSchemas(source, readSchemaFolder());
const serdes = await openStackSerdes(source, { nowMs: () => 0 });
const NEVER = new AbortController().signal;

function aLetter(changes: Partial<DeadLetter> = {}, markers: readonly string[] = []): FoundLetter {
  const original = { key: null, value: Buffer.from('row 7'), headers: {} };
  const letter: DeadLetter = {
    id: 'file.shop.ab.7',
    topic: 'file:shop',
    partition: 0,
    offset: 7,
    reason: 'bad-price',
    detail: 'price',
    schemaId: null,
    source: null,
    type: null,
    firstSeenAt: 1_000,
    lastSeenAt: 1_000,
    redrives: 1,
    state: 'open',
    sizeBytes: 5,
    sealed: packOriginal(original),
    ...changes,
  };
  return { letter, subject: { ...UNNAMED_LETTER, markers } };
}

/** A stack that keeps what is sent, one list for each send. */
function aStack() {
  const log = new MemoryLog({ nowMs: () => 0 });
  log.createTopic(TOPICS.deadLetters, 2);
  const sends: (readonly OutgoingRecord[])[] = [];
  const stack: RedriveStack = {
    reader: new MemoryLogReader(log),
    writer: { send: async (records) => void sends.push(records), close: async () => {} },
    serdes,
    unseal: (sealed) => sealed,
    markerOf: unkeyedMarker,
    identity: identity(),
    partitions: 4,
  };
  return { stack, sends };
}

async function sentFor(reading: RowReading) {
  const { stack, sends } = aStack();
  const rules = { takesQuarantined: false, erasures: new Map(), readRow: async () => reading };
  const ways = await waysBack(stack, [aLetter()], rules);
  const sent = ways.filter((way) => way.kind === 'sent');
  await sendBack(stack, sent, { signal: NEVER, onSent: () => {} });
  return { ways, sends };
}

const purchases = [1, 2].map((n) => aPurchase(day(n), { customerId: `c${n}` }));

test('a row that is one event now goes on under its letter, and nobody ends it here', async () => {
  const { sends } = await sentFor({ kind: 'events', events: purchases.slice(0, 1) });
  expect(sends).toHaveLength(1);
  const [record] = sends[0] as [OutgoingRecord];
  expect(record).toMatchObject({ topic: TOPICS.events, key: new TextEncoder().encode('c1') });
  expect(signedRedriveSlipOf(record, unkeyedMarker)).toEqual({
    letter: 'file.shop.ab.7',
    redrives: 1,
    firstSeenAt: 1_000,
  });
});

test('a row goes where the customer of the log lies, as the import sends it', async () => {
  const { stack } = aStack();
  const own = { ...stack, identity: identity({ spaces: ['shop'] }) };
  const ways = await waysBack(own, [aLetter()], {
    takesQuarantined: false,
    erasures: new Map(),
    readRow: async () => ({ kind: 'events', events: purchases.slice(0, 1) }),
  });
  const key = new TextEncoder().encode('shop:c1');
  const partition = partitionFor(key, stack.partitions);
  expect(ways).toMatchObject([{ kind: 'sent', records: [{ key, partition }] }]);
});

test('a row that is several events ends its letter once they are acknowledged; each has one of its own', async () => {
  const { sends } = await sentFor({ kind: 'events', events: purchases });
  const [records = [], ended] = sends;
  const letters = records.map((record) => signedRedriveSlipOf(record, unkeyedMarker)?.letter);
  expect(letters).toEqual(['file.shop.ab.7.0', 'file.shop.ab.7.1']);
  expect(ended).toMatchObject([{ key: new TextEncoder().encode('file.shop.ab.7'), value: null }]);
});

test('a row that says nothing any more only ends its letter', async () => {
  const { sends } = await sentFor({ kind: 'events', events: [] });
  expect(sends).toMatchObject([[{ topic: TOPICS.deadLetters, value: null }]]);
});

test.each<RowReading>([
  { kind: 'refused', reason: 'bad-price', field: 'price' },
  { kind: 'alone' },
])('sends nothing of a row that is $kind', async (reading) => {
  const { ways, sends } = await sentFor(reading);
  expect(sends).toEqual([]);
  expect(ways).toMatchObject([reading.kind === 'refused' ? reading : { kind: 'kept', why: 'row' }]);
});

test.each([
  { why: 'quarantined', letter: aLetter({ state: 'quarantined' }) },
  { why: 'cut', letter: aLetter({ sizeBytes: 5_000_000 }) },
  { why: 'erased', letter: aLetter({}, ['of an erased one']) },
])('keeps what is $why', async ({ why, letter }) => {
  const { stack } = aStack();
  const erasure = { marker: '', at: 0, recordedAt: 2_000, offset: 0, seq: 0, ids: [] };
  const ways = await waysBack(stack, [letter], {
    takesQuarantined: false,
    erasures: new Map([['of an erased one', erasure]]),
    readRow: async () => ({ kind: 'alone' }),
  });
  expect(ways).toMatchObject([{ kind: 'kept', why }]);
});

test('what came after an erasure is the letter of somebody new', async () => {
  const { stack } = aStack();
  const erasure = { marker: '', at: 0, recordedAt: 500, offset: 0, seq: 0, ids: [] };
  const ways = await waysBack(stack, [aLetter({}, ['m'])], {
    takesQuarantined: false,
    erasures: new Map([['m', erasure]]),
    readRow: async () => ({ kind: 'events', events: [] }),
  });
  expect(ways).toMatchObject([{ kind: 'sent' }]);
});

test('goes back in the order in which the records lay', async () => {
  const { stack } = aStack();
  const letters = [9, 10, 2].map((offset) =>
    aLetter({ id: `${offset}`, topic: TOPICS.purchases, partition: 1, offset }),
  );
  const rules = {
    takesQuarantined: false,
    erasures: new Map(),
    readRow: async (): Promise<RowReading> => ({ kind: 'alone' }),
  };
  const ways = await waysBack(stack, letters, rules);
  expect(ways.map(({ letter }) => letter.offset)).toEqual([2, 9, 10]);
  expect(ways).toMatchObject([{ records: [{ topic: TOPICS.purchases, partition: 1 }] }, {}, {}]);
});
