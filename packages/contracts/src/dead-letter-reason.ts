/**
 * Why a record ended as a dead letter: a closed list, shared by the intake, the fold and the file
 * formats, so that counts add up across them. A new reason is added here with its sentences, never
 * in the place that found it.
 */
export const DEAD_LETTER_REASONS = [
  // What the bytes are.
  'empty-record',
  'too-large',
  'not-utf8',
  'not-json',
  'too-deep',
  'duplicate-key',
  'unsafe-key',
  'unsafe-number',
  'bad-framing',
  'unknown-schema',
  'bad-avro',
  // What the fields say.
  'unknown-type',
  'missing-field',
  'bad-field',
  'bad-time',
  'no-customer',
  'unknown-currency',
  'negative-amount',
  'forbidden-field',
  // Where it was sent.
  'wrong-topic',
  'wrong-key',
  'clock-not-allowed',
  'override-not-allowed',
  'merge-not-allowed',
  'erasure-not-allowed',
  // What the fold says.
  'too-old',
  'ahead-of-clock',
  'no-rate',
  'no-policy',
  'unknown-tier',
  'merge-with-itself',
  'unknown-customer',
  'already-merged',
  'merge-in-progress',
  // What a file's row says.
  'bad-row',
  'unmapped-row',
  'bad-quantity',
  'bad-price',
  'no-order',
  'no-payment',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

const KNOWN: ReadonlySet<string> = new Set(DEAD_LETTER_REASONS);

export function isDeadLetterReason(text: string): text is DeadLetterReason {
  return KNOWN.has(text);
}
