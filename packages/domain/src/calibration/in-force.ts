import type { Instant } from '../instant.ts';
import type { Calibration, CalibrationInForce } from './calibration.ts';

/** One more in force, since the clock of its record. Of several at one clock only the last ever grades anybody. */
export function withCalibration(
  calibrations: readonly CalibrationInForce[],
  inForce: CalibrationInForce,
): readonly CalibrationInForce[] {
  const { calibration, since } = inForce;
  const others = calibrations.filter(
    (it) => it.since !== since || it.calibration.setId !== calibration.setId,
  );
  return [...others, inForce];
}

/** By which a set grades at an instant; null before its first. */
export function calibrationAt(
  calibrations: readonly CalibrationInForce[],
  setId: string,
  at: Instant,
): Calibration | null {
  const last = calibrations.findLast((it) => it.calibration.setId === setId && it.since <= at);
  return last?.calibration ?? null;
}
