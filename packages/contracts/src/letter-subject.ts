import type { Erasure, Instant, MarkerOf } from '@strata/domain';
import { CUSTOMER_FIELDS, customersNamedIn, type Identity } from './identity.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { tellableName } from './strict-json.ts';

/**
 * Whom a dead letter is about, in its headers: markers, so that the letters of a customer can be found and erased
 * without any id in the open. What could not be read has none.
 */
export interface LetterSubject {
  readonly markers: readonly string[];
  /** Null where the original does not say when it happened. */
  readonly occurredAt: Instant | null;
}

const ABOUT_HEADER = 'strata-about';
const OCCURRED_HEADER = 'strata-occurred-at';
export const UNNAMED_LETTER: LetterSubject = { markers: [], occurredAt: null };

/** Whom a refused record is about: a letter goes with each of those whom it names. */
export function letterSubjectIn(
  raw: Readonly<Record<string, unknown>>,
  { markerOf, identity }: { readonly markerOf: MarkerOf; readonly identity: Identity },
): LetterSubject {
  const { occurredAt } = raw;
  const isInstant = typeof occurredAt === 'number' && Number.isSafeInteger(occurredAt);
  return {
    markers: customersNamedIn(raw, identity).map(markerOf),
    occurredAt:
      typeof occurredAt === 'string' ? parseRfc3339(occurredAt) : isInstant ? occurredAt : null,
  };
}

/**
 * Who sent a record, as far as it may be told: a plain name, and not the customer's own. Nothing in
 * the record has been checked.
 */
export function tellableSource(raw: Readonly<Record<string, unknown>>): string | null {
  const { source } = raw;
  if (typeof source !== 'string') return null;
  const isPerson = CUSTOMER_FIELDS.some((field) => String(raw[field]) === source);
  return isPerson ? null : tellableName(source);
}

export function letterSubjectHeaders({
  markers,
  occurredAt,
}: LetterSubject): Record<string, Uint8Array> {
  if (markers.length === 0) return {};
  const encoder = new TextEncoder();
  const about = { [ABOUT_HEADER]: encoder.encode(markers.join(',')) };
  if (occurredAt === null) return about;
  return { ...about, [OCCURRED_HEADER]: encoder.encode(String(occurredAt)) };
}

export function letterSubjectOf(headers: Readonly<Record<string, Uint8Array>>): LetterSubject {
  const about = headers[ABOUT_HEADER];
  if (about === undefined) return UNNAMED_LETTER;
  const decoder = new TextDecoder();
  const occurred = headers[OCCURRED_HEADER];
  return {
    markers: decoder.decode(about).split(','),
    occurredAt: occurred === undefined ? null : Number(decoder.decode(occurred)),
  };
}

/** Whether a letter is of the time before an erasure: what it tells of happened by then, or lay somewhere by then. */
export function isBeforeErasure(
  letter: { readonly occurredAt: Instant | null; readonly firstSeenAt: Instant },
  { at, recordedAt }: Pick<Erasure, 'at' | 'recordedAt'>,
): boolean {
  return letter.firstSeenAt <= recordedAt || (letter.occurredAt ?? Infinity) <= at;
}
