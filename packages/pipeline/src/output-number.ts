import { SerdeFault } from './faults.ts';
import type { TopicRecord } from './ports.ts';

/**
 * The number an output carries in its headers: `seq` counts the records of one topic in one
 * partition, within an epoch.
 */
export interface OutputNumber {
  readonly epoch: number;
  readonly seq: number;
}

/** `<epoch>.<seq>`, so that a reader drops repeats without reading the value. */
export const OUTPUT_NUMBER_HEADER = 'strata-seq';

/** `gap`: the record is new, but numbers before it never came. */
export type Freshness = 'fresh' | 'repeat' | 'gap';

/**
 * The one rule of every reader of an output topic: drop what is not above the last of its
 * partition. It is exact and never expires, because the numbers are the outbox's own. The first
 * record ever seen has nothing to be compared with.
 */
export function freshnessOf(last: OutputNumber | null, next: OutputNumber): Freshness {
  if (last === null || next.epoch > last.epoch) return 'fresh';
  if (next.epoch < last.epoch || next.seq <= last.seq) return 'repeat';
  return next.seq === last.seq + 1 ? 'fresh' : 'gap';
}

const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const DIGITS_MAX = 15;
const NO_BYTES = new Uint8Array();

/**
 * Reads the number from the header; a record without one is no output of ours and throws a
 * `SerdeFault`. Read twice for each output, hence digit by digit.
 */
export function outputNumberOf({ headers }: Pick<TopicRecord, 'headers'>): OutputNumber {
  const bytes = headers[OUTPUT_NUMBER_HEADER] ?? NO_BYTES;
  const dot = bytes.indexOf(DOT);
  const epoch = wholeIn(bytes, 0, dot);
  const seq = wholeIn(bytes, dot + 1, bytes.length);
  if (dot === -1 || epoch === null || seq === null) {
    throw new SerdeFault(
      'malformed',
      `The record has no usable header ${OUTPUT_NUMBER_HEADER}: it was not written by a scorer.`,
    );
  }
  return { epoch, seq };
}

/** Null where the bytes are no digits, none at all, or too many to be exact. */
function wholeIn(bytes: Uint8Array, from: number, to: number): number | null {
  if (to <= from || to - from > DIGITS_MAX) return null;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < DIGIT_0 || byte > DIGIT_9) return null;
    value = value * 10 + (byte - DIGIT_0);
  }
  return value;
}
