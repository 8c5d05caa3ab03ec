/**
 * The number of a record in an output topic (`strata.tier-changes.v1`, `strata.tiers.v1`): `seq`
 * counts within one partition, without a gap, and begins again with each epoch.
 */
export interface OutputNumber {
  readonly epoch: number;
  readonly seq: number;
}

/** The header that carries it, as `<epoch>.<seq>`. */
export const OUTPUT_NUMBER_HEADER = 'strata-seq';

const FORM = /^(\d{1,15})\.(\d{1,15})$/;

/** Null where the header is missing or malformed: such a record was not written by Strata. */
export function parseOutputNumber(header: string | Uint8Array | undefined): OutputNumber | null {
  const text = header instanceof Uint8Array ? new TextDecoder().decode(header) : header;
  const parts = FORM.exec(text ?? '');
  return parts === null ? null : { epoch: Number(parts[1]), seq: Number(parts[2]) };
}

/**
 * The one rule of a reader of the topic, for each partition apart: take what is above the last that
 * was taken, drop everything else. `last` is null before the first. It is exact and never expires;
 * store the number in the same write as what the record brought about.
 */
export function isNewer(last: OutputNumber | null, next: OutputNumber): boolean {
  if (last === null) return true;
  return next.epoch === last.epoch ? next.seq > last.seq : next.epoch > last.epoch;
}
