import { NEW_CUSTOMER } from '@strata/domain';
import { expect, test } from 'vitest';

import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';
import { readSections, writeSections } from './customer-sections.ts';

/** Stores the sequence number as so many bytes of its own id, to have sections of any length. */
function lengthOf(id: number): CustomerSection {
  return {
    id,
    isEmpty: ({ seq }) => seq === 0,
    write: (writer, { seq }) => {
      writer.unsigned(seq);
      for (let i = 0; i < seq; i++) writer.byte(id);
    },
    read: (reader, state) => {
      const size = reader.unsigned();
      for (let i = 0; i < size; i++) reader.byte();
      return { ...state, seq: state.seq + size };
    },
  };
}

const sections = [lengthOf(3), lengthOf(200)];

function written(seq: number): Uint8Array {
  const writer = new ByteWriter();
  writer.start(2);
  writeSections(writer, { ...NEW_CUSTOMER, seq }, { clock: 0, sections });
  return writer.finish().subarray(1);
}

function read(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes);
  const { seq } = readSections(reader, NEW_CUSTOMER, { clock: 0, sections });
  reader.end();
  return seq;
}

test('empty sections take no byte but that of their end', () => {
  expect([...written(0)]).toEqual([0]);
});

test.each([1, 125, 126, 127, 128, 5_000, 40_000])(
  'sections of %d bytes come back whole',
  (size) => {
    expect(read(written(size))).toBe(2 * size);
  },
);

test('sections cut anywhere are refused', () => {
  const bytes = written(2);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => read(bytes.subarray(0, length))).toThrow(/rebuild this partition/);
  }
});

test.each([
  { why: 'one twice', bytes: [3, 1, 0, 3, 1, 0, 0], says: /ascending order/ },
  { why: 'an unknown one', bytes: [3, 1, 0, 7, 0, 0], says: /has section 7.*run the newer build/ },
  { why: 'one longer than it says', bytes: [3, 1, 1, 9, 0], says: /another length/ },
  { why: 'one shorter than it says', bytes: [3, 2, 0, 9, 0], says: /another length/ },
  { why: 'one longer than all bytes', bytes: [3, 9, 0, 0], says: /longer than they are/ },
])('refused: $why', ({ bytes, says }) => {
  expect(() => read(Uint8Array.from(bytes))).toThrow(says);
});
