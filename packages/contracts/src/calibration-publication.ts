import { type AnnounceFrom, type Calibration, canonicalJson, type Instant } from '@strata/domain';
import type { WireRecord } from './wire-record.ts';

/** Up to which offset, not including it, a partition of the customer log was folded for a calibration. */
export interface CalibrationInput {
  readonly partition: number;
  readonly offset: number;
}

export interface CalibrationPublication {
  readonly calibration: Calibration;
  /** One for each partition. */
  readonly inputs: readonly CalibrationInput[];
  readonly announceFrom: AnnounceFrom;
  readonly publishedAt: Instant;
  readonly publishedBy: string;
  readonly reason: string | null;
}

const NAME = 'strata.policies.CalibrationPublication';
const KEY_PREFIX = 'calibration:';

/** One for each calibration of a set at an instant: the same one again is a repeat. */
export function calibrationKey({ calibration }: CalibrationPublication): string {
  return `${KEY_PREFIX}${calibration.setId}:${calibration.id}`;
}

export function isCalibrationKey(key: Uint8Array | null): boolean {
  return key !== null && new TextDecoder().decode(key).startsWith(KEY_PREFIX);
}

export function calibrationPublicationToWire(publication: CalibrationPublication): WireRecord {
  const { calibration, inputs, announceFrom, publishedAt, publishedBy, reason } = publication;
  const body = {
    id: calibration.id,
    calibration: canonicalJson(calibration),
    inputs,
    announceFrom,
    publishedAt,
    publishedBy,
    reason,
  };
  return { name: NAME, body };
}

/** Written by `calibrationPublicationToWire`, so what it holds is not checked again. */
export function calibrationPublicationFromWire({ body }: WireRecord): CalibrationPublication {
  const { calibration, inputs, announceFrom, publishedAt, publishedBy, reason } = body as Omit<
    CalibrationPublication,
    'calibration'
  > & { readonly calibration: string };
  return {
    calibration: JSON.parse(calibration) as Calibration,
    inputs: inputs.map(({ partition, offset }) => ({ partition, offset })),
    announceFrom,
    publishedAt,
    publishedBy,
    reason,
  };
}
