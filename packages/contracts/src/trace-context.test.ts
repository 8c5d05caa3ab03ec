import { expect, test } from 'vitest';
import {
  newTraceparent,
  soundTraceparent,
  traceHeader,
  traceIdOf,
  traceparentOf,
} from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const SOUND = `00-${TRACE}-${PARENT}-01`;

test.each<[why: string, text: string, read: string]>([
  ['the example of the recommendation', SOUND, SOUND],
  ['not sampled', `00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-00`],
  ['flags that are not defined', `00-${TRACE}-${PARENT}-ff`, SOUND],
  ['a later version', `01-${TRACE}-${PARENT}-01`, SOUND],
  ['a later version with more behind it', `cc-${TRACE}-${PARENT}-01-what-it-may-be`, SOUND],
])('takes %s', (_, text, read) => {
  expect(soundTraceparent(text)).toBe(read);
});

test.each<[why: string, text: string]>([
  ['nothing', ''],
  ['a version that is forbidden', `ff-${TRACE}-${PARENT}-01`],
  ['version 00 with more behind it', `${SOUND}-more`],
  ['a later version with more and no dash', `01-${TRACE}-${PARENT}-01.more`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capital letters', SOUND.toUpperCase()],
  ['an id that is too short', `00-${TRACE.slice(1)}-${PARENT}-01`],
  ['two headers that were joined', `${SOUND}, ${SOUND}`],
  ['a line break behind it', `${SOUND}\r\nx-evil: 1`],
  ['more than anybody reads', `01-${TRACE}-${PARENT}-01-${'a'.repeat(1_000)}`],
])('does not take %s', (_, text) => {
  expect(soundTraceparent(text)).toBeNull();
});

test('makes a new one that is sound, whatever the random bytes are', () => {
  for (const byte of [0, 1, 0xab, 0xff]) {
    const made = newTraceparent(new Uint8Array(24).fill(byte));
    expect(soundTraceparent(made)).toBe(made);
  }
});

test('is carried by the header of a record', () => {
  expect(traceparentOf(traceHeader(SOUND))).toBe(SOUND);
  expect(traceparentOf({})).toBeNull();
  expect(traceparentOf({ traceparent: Uint8Array.of(0xff, 0xfe) })).toBeNull();
  expect(traceIdOf(SOUND)).toBe(TRACE);
});
