import { DAY_MS, type Instant } from '@strata/domain';

/** The demo's time: eighteen months that are over, so that no clock of the machine it runs on matters. */
export const DEMO_START: Instant = Date.parse('2024-07-01T00:00:00+08:00');
export const DEMO_END: Instant = Date.parse('2026-01-01T00:00:00+08:00');
export const DEMO_DAYS = (DEMO_END - DEMO_START) / DAY_MS;

/** China keeps one zone without summer time. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

export interface DemoMonth {
  /** As 2024-07, in the shop's zone. */
  readonly name: string;
  readonly start: Instant;
  /** The start of the next one. */
  readonly end: Instant;
}

export function demoMonths(): readonly DemoMonth[] {
  const months: DemoMonth[] = [];
  for (let start = DEMO_START; start < DEMO_END; ) {
    const local = new Date(start + SHANGHAI_OFFSET_MS);
    const end = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - SHANGHAI_OFFSET_MS;
    months.push({ name: local.toISOString().slice(0, 7), start, end });
    start = end;
  }
  return months;
}

/** The day in the shop's zone, as 2025-03-14. */
export function shopDay(at: Instant): string {
  return new Date(at + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}
