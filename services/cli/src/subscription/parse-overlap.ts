import { OVERLAP_MS_DEFAULT, OVERLAP_MS_MAX } from '@strata/subscriptions';
import { UsageFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { subscriptionTexts } from './texts.ts';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of `30m`, `24h`, `7d` or `0`. */
export function parseOverlap(flag: string, text: string | undefined, language: Language): number {
  if (text === undefined) return OVERLAP_MS_DEFAULT;
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const overlapMs = text === '0' ? 0 : Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (overlapMs <= OVERLAP_MS_MAX) return overlapMs;
  throw new UsageFault(subscriptionTexts(language).notADuration(flag, text));
}
