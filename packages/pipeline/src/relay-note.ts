import type { TopicRecord } from './ports.ts';

/**
 * What a relay notes on an output beside its number. `foldVersion`: by which version of the fold the numbers came
 * about. `published`: position in the outbox up to which everything of the partition, in whatever topic, had been
 * acknowledged when this was sent. So a scorer that has lost its state learns from the tail of a topic what of the
 * outputs without numbers of their own need not be sent again.
 */
export interface RelayNote {
  readonly foldVersion: number;
  readonly published: number;
}

export const RELAY_NOTE_HEADER = 'strata-relay';

const FORM = /^(\d{1,9})\.(\d{1,15})$/;
const HEADER_BYTES_MAX = 25;

export function relayNoteBytes({ foldVersion, published }: RelayNote): Uint8Array {
  return Uint8Array.from(`${foldVersion}.${published}`, (digit) => digit.charCodeAt(0));
}

/** Null where the output was written before there were notes. */
export function relayNoteOf({ headers }: Pick<TopicRecord, 'headers'>): RelayNote | null {
  const bytes = headers[RELAY_NOTE_HEADER] ?? new Uint8Array();
  const parts = bytes.length > HEADER_BYTES_MAX ? null : FORM.exec(String.fromCharCode(...bytes));
  return parts === null ? null : { foldVersion: Number(parts[1]), published: Number(parts[2]) };
}
