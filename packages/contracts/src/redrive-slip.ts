import type { Instant, MarkerOf } from '@strata/domain';
import type { DeadLetter } from './dead-letter.ts';

/**
 * What a redriven record carries along, so that whoever ends it ends its letter: taken, it is
 * removed; refused again, it is replaced under its own id. Nothing in it is about anybody.
 */
export interface RedriveSlip {
  /** Id of the letter. */
  readonly letter: string;
  /** How often it was refused again before this time. */
  readonly redrives: number;
  readonly firstSeenAt: Instant;
}

export const REDRIVE_HEADER = 'strata-redrive';
/** Refused again so often, a letter is quarantined. */
export const REDRIVES_MAX_DEFAULT = 3;

type Headers = Readonly<Record<string, Uint8Array>>;
type Redriven = { readonly value: Uint8Array | null; readonly headers: Headers };

/** For the customer log, which only services write to. */
export function redriveHeader(slip: RedriveSlip): Record<string, Uint8Array> {
  return { [REDRIVE_HEADER]: new TextEncoder().encode(textOf(slip)) };
}

export function redriveSlipOf(headers: Headers): RedriveSlip | null {
  const bytes = headers[REDRIVE_HEADER];
  return bytes === undefined ? null : slipIn(new TextDecoder().decode(bytes));
}

/**
 * For the intake, where producers write, too: the slip holds for this value alone, and only who has
 * the key of the stack can write one. Without that a producer could remove the letters of others.
 */
export function signedRedriveHeader(
  slip: RedriveSlip,
  value: Uint8Array | null,
  markerOf: MarkerOf,
): Record<string, Uint8Array> {
  const text = textOf(slip);
  const signed = `${signatureOf(text, value, markerOf)} ${text}`;
  return { [REDRIVE_HEADER]: new TextEncoder().encode(signed) };
}

/** Null where there is none, or one that was not made for this record by this stack. */
export function signedRedriveSlipOf(
  { value, headers }: Redriven,
  markerOf: MarkerOf,
): RedriveSlip | null {
  const bytes = headers[REDRIVE_HEADER];
  if (bytes === undefined) return null;
  const [signature = '', ...rest] = new TextDecoder().decode(bytes).split(' ');
  const text = rest.join(' ');
  return signature === signatureOf(text, value, markerOf) ? slipIn(text) : null;
}

/** Of a record that became several events, or none, each goes on under a letter of its own. */
export function slipOfPart(slip: RedriveSlip, part: number): RedriveSlip {
  return { ...slip, letter: `${slip.letter}.${part}` };
}

/** The slip under which a letter is sent again. */
export function slipFor({ id, redrives, firstSeenAt }: DeadLetter): RedriveSlip {
  return { letter: id, redrives, firstSeenAt };
}

/** How a letter stands once its record was refused: for the first time, or again. */
export function letterStanding(
  fresh: { readonly id: string; readonly seenAt: Instant },
  slip: RedriveSlip | null,
  redrivesMax: number,
): Pick<DeadLetter, 'id' | 'firstSeenAt' | 'lastSeenAt' | 'redrives' | 'state'> {
  const { id, seenAt } = fresh;
  if (slip === null) {
    return { id, firstSeenAt: seenAt, lastSeenAt: seenAt, redrives: 0, state: 'open' };
  }
  const redrives = slip.redrives + 1;
  return {
    id: slip.letter,
    firstSeenAt: slip.firstSeenAt,
    lastSeenAt: seenAt,
    redrives,
    state: redrives >= redrivesMax ? 'quarantined' : 'open',
  };
}

/** The headers of the original, without what an earlier redrive added. */
export function withoutRedriveHeader(headers: Headers): Headers {
  const { [REDRIVE_HEADER]: _, ...others } = headers;
  return others;
}

function textOf({ letter, redrives, firstSeenAt }: RedriveSlip): string {
  return JSON.stringify([letter, redrives, firstSeenAt]);
}

function slipIn(text: string): RedriveSlip | null {
  const [letter, redrives, firstSeenAt] = listIn(text);
  const isSound =
    typeof letter === 'string' &&
    Number.isSafeInteger(redrives) &&
    Number.isSafeInteger(firstSeenAt);
  if (!isSound) return null;
  return { letter, redrives: redrives as number, firstSeenAt: firstSeenAt as number };
}

function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function signatureOf(text: string, value: Uint8Array | null, markerOf: MarkerOf): string {
  const bytes = value ?? new Uint8Array();
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return markerOf(`redrive ${text} ${value === null ? 'none' : latin}`);
}
