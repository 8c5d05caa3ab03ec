import type { Instant } from '@strata/domain';
import type { DeadLetterReason } from './dead-letter-reason.ts';
import type { WireRecord } from './wire-record.ts';

/** `quarantined`: it was redriven so often in vain that only its own id redrives it. */
export const LETTER_STATES = ['open', 'quarantined'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/**
 * A record that could not be used. Everything but `sealed` is free of personal data and may be
 * listed. It keeps its id for life; the place is that of the record that is sealed in it, which
 * after a failed redrive is the later one.
 */
export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: DeadLetterReason;
  /** The field at fault, never a value. */
  readonly detail: string | null;
  readonly schemaId: number | null;
  /** Who sent it, where that could be read and is a plain name. */
  readonly source: string | null;
  readonly type: string | null;
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  /** How often it was sent again and refused again. */
  readonly redrives: number;
  readonly state: LetterState;
  /** Size of the original value; a sealed value that is shorter was cut and cannot be redriven. */
  readonly sizeBytes: number;
  /** The packed original (see `packOriginal`), sealed with the key of the stack. */
  readonly sealed: Uint8Array;
}

export function deadLetterToWire(letter: DeadLetter): WireRecord {
  return {
    name: 'strata.deadletters.DeadLetter',
    body: { ...letter, sealed: Buffer.from(letter.sealed) },
  };
}

type LetterBody = Omit<DeadLetter, 'lastSeenAt'> & { readonly lastSeenAt: Instant | null };

export function deadLetterFromWire({ body }: WireRecord): DeadLetter {
  const letter = body as LetterBody;
  // Letters of the first version were never seen again.
  return { ...letter, lastSeenAt: letter.lastSeenAt ?? letter.firstSeenAt };
}

/** A sealed value that is shorter than the original was cut, and cannot be sent again. */
export function isCut({ sizeBytes }: DeadLetter, { value }: OriginalRecord): boolean {
  return (value?.length ?? 0) < sizeBytes;
}

/** The record a letter stands for, byte for byte. */
export interface OriginalRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

interface PackedOriginal {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The original as bytes to seal: JSON with base64, so that it opens with any tool once it is
 * unsealed.
 */
export function packOriginal({ key, value, headers }: OriginalRecord): Uint8Array {
  const packed: PackedOriginal = {
    key: base64(key),
    value: base64(value),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, bytes]) => [name, base64(bytes) ?? '']),
    ),
  };
  return new TextEncoder().encode(JSON.stringify(packed));
}

export function unpackOriginal(bytes: Uint8Array): OriginalRecord {
  const packed = JSON.parse(new TextDecoder().decode(bytes)) as PackedOriginal;
  return {
    key: packed.key === null ? null : Buffer.from(packed.key, 'base64'),
    value: packed.value === null ? null : Buffer.from(packed.value, 'base64'),
    headers: Object.fromEntries(
      Object.entries(packed.headers).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ),
  };
}

function base64(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
