import type { OutgoingRecord } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { produceRequests } from './produce-requests.ts';

const aPlace = fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat(2) });
const aSizedRecord = fc.tuple(aPlace, fc.constantFrom(0, 10, 400_000, 899_000));

test('loses nothing, keeps the order of each partition and stays below what a broker takes', () => {
  fc.assert(
    fc.property(fc.array(aSizedRecord, { maxLength: 60 }), (shapes) => {
      const records: OutgoingRecord[] = shapes.map(([at, size], index) => {
        return { ...at, key: Buffer.from(`${index}`), value: Buffer.alloc(size), headers: {} };
      });
      const requests = [...produceRequests(records)].map((topics) =>
        topics.flatMap((each) => each.records),
      );
      const inPlace = (list: readonly OutgoingRecord[], place: string) =>
        list.filter((record) => tpKey(record) === place);
      for (const place of new Set(records.map(tpKey))) {
        const sent = requests.flatMap((request) => inPlace(request, place));
        expect(sent).toEqual(inPlace(records, place));
        for (const request of requests) {
          const sizes = inPlace(request, place).map(({ value }) => value?.length ?? 0);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('sends a record of any size alone rather than never', () => {
  const at = { topic: 'a', partition: 0, key: null, headers: {} };
  const records = [
    { ...at, value: Buffer.alloc(3_000_000) },
    { ...at, value: Buffer.alloc(1) },
  ];
  expect([...produceRequests(records)].map((request) => request[0]?.records.length)).toEqual([
    1, 1,
  ]);
});

test('limits the records of one partition in a request', () => {
  const record = { topic: 'a', partition: 0, key: null, value: null, headers: {} };
  const requests = [...produceRequests(Array.from({ length: 1_001 }, () => record))];
  expect(requests.map((request) => request[0]?.records.length)).toEqual([500, 500, 1]);
});
