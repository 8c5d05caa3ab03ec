import { DAY_MS, type Instant } from '@strata/domain';

/** The time of the sample data: two years that are over, in the zone of the presets. */
export const SAMPLE_START: Instant = Date.parse('2024-01-01T00:00:00+08:00');
export const SAMPLE_END: Instant = Date.parse('2026-01-01T00:00:00+08:00');
export const SAMPLE_DAYS = (SAMPLE_END - SAMPLE_START) / DAY_MS;

/** Counted from the start of the sample data. */
export function sampleDay(date: string): number {
  return Math.floor((Date.parse(`${date}T00:00:00+08:00`) - SAMPLE_START) / DAY_MS);
}
