import type { Instant, MoveSummary } from '@strata/domain';

/** Under which the owner of a partition keeps what it last saw of the set that is tried. */
export const SHADOW_NOTE = 'shadow';

/** What a set that is tried would have done to the customers of one partition, had it been activated. */
export interface ShadowNote {
  /** Of the publication that is tried. */
  readonly number: number;
  /** The clock of the partition as the round began; null before it had one. */
  readonly at: Instant | null;
  readonly summary: MoveSummary;
}

export function encodeShadowNote(note: ShadowNote): Uint8Array {
  // JSON makes null of the clock that is none.
  return new TextEncoder().encode(JSON.stringify(note));
}

/** Null where there is none, or one of another layout: the next round writes it anew. */
export function decodeShadowNote(bytes: Uint8Array | null): ShadowNote | null {
  if (bytes === null) return null;
  try {
    const note = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ShadowNote>;
    const { number, at, summary } = note;
    if (typeof number !== 'number' || at === undefined) return null;
    return summary?.flow === undefined ? null : { number, at, summary };
  } catch {
    return null;
  }
}
