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

const FORM = /^(\d{1,15})\.(\d{1,15})$/;
const HEADER_BYTES_MAX = 31;

/**
 * Reads the number from the header; a record without one is no output of ours and throws a
 * `SerdeFault`.
 */
export function outputNumberOf({ headers }: Pick<TopicRecord, 'headers'>): OutputNumber {
  const bytes = headers[OUTPUT_NUMBER_HEADER] ?? new Uint8Array();
  const parts = bytes.length > HEADER_BYTES_MAX ? null : FORM.exec(String.fromCharCode(...bytes));
  if (parts === null) {
    throw new SerdeFault(
      'malformed',
      `The record has no usable header ${OUTPUT_NUMBER_HEADER}: it was not written by a scorer.`,
    );
  }
  return { epoch: Number(parts[1]), seq: Number(parts[2]) };
}
