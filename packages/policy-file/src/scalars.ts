import { DAY_MS } from '@strata/domain';
import { type IssueParams, quoted, shown } from '@strata/yaml-file';
import { z } from 'zod';
import type { ProblemKey } from './problem-texts.ts';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const DURATION = /^(\d+(?:\.\d{1,3})?)d$/;
const PERCENT = /^(\d{1,3}(?:\.\d+)?)\s*[%％]$/;
const DECIMALS_MAX = 3;
/** Thousandths of it, times a weight, still sum without loss. */
const NUMBER_MAX = 1_000_000_000_000;

export function issueOf(problem: ProblemKey, args: Readonly<Record<string, string>> = {}) {
  return { code: 'custom' as const, params: { problem, args } satisfies IssueParams<ProblemKey> };
}

/** A decimal as integer thousandths, read from its shortest text so that no binary fraction slips in; null when it has more than 3 decimals. */
export function milliOf(value: number | string): number | null {
  const match = DECIMAL.exec(String(value));
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > DECIMALS_MAX) return null;
  const milli = Number(whole) * 1_000 + Number(kept.padEnd(DECIMALS_MAX, '0'));
  return sign === '-' && milli !== 0 ? -milli : milli;
}

/** A number of at most 3 decimals, as integer thousandths. */
export function decimal(range: { readonly min?: number; readonly max?: number } = {}) {
  const min = range.min ?? -NUMBER_MAX;
  const max = range.max ?? NUMBER_MAX;
  return z.unknown().transform((value, context): number => {
    const percent = max === 1 ? percentFor(value) : null;
    if (percent !== null) {
      const args = { percent: `${percent}`, share: `${shareOf(percent)}` };
      context.addIssue(issueOf('percent-for-share', { value: quoted(value), ...args }));
      return z.NEVER;
    }
    if (typeof value !== 'number') {
      if (value === undefined) context.addIssue(issueOf('missing'));
      else context.addIssue(issueOf('not-a-number', { value: quoted(value) }));
      return z.NEVER;
    }
    if (!(value >= min && value <= max)) {
      context.addIssue(
        issueOf('out-of-range', { value: `${value}`, min: `${min}`, max: `${max}` }),
      );
      return z.NEVER;
    }
    const milli = milliOf(value);
    if (milli === null) {
      context.addIssue(issueOf('too-many-decimals', { value: `${value}` }));
      return z.NEVER;
    }
    return milli;
  });
}

/** The percentage that was written where a share is wanted, or null. */
function percentFor(value: unknown): number | null {
  const digits = typeof value === 'string' ? PERCENT.exec(value)?.[1] : undefined;
  const percent = digits === undefined ? value : Number(digits);
  const isOne = digits !== undefined || Number(percent) > 1;
  return typeof percent === 'number' && isOne && shareOf(percent) > 0 && percent <= 100
    ? percent
    : null;
}

function shareOf(percent: number): number {
  return Number((percent / 100).toFixed(DECIMALS_MAX));
}

/** A count, as it stands. */
export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }) {
  return z.unknown().transform((value, context): number => {
    if (value === undefined) context.addIssue(issueOf('missing'));
    else if (typeof value !== 'number') {
      context.addIssue(issueOf('not-a-number', { value: quoted(value) }));
    } else if (!(value >= min && value <= max)) {
      context.addIssue(
        issueOf('out-of-range', { value: `${value}`, min: `${min}`, max: `${max}` }),
      );
    } else if (Number.isInteger(value)) return value;
    else context.addIssue(issueOf('not-whole', { value: `${value}` }));
    return z.NEVER;
  });
}

/** `Nd` in milliseconds. A thousandth of a day is 86,400 ms, so three decimals stay whole. */
export function duration(limits: { readonly isPositive: boolean }) {
  return z.unknown().transform((value, context): number => {
    if (value === undefined) {
      context.addIssue(issueOf('missing'));
      return z.NEVER;
    }
    const days = typeof value === 'string' ? DURATION.exec(value)?.[1] : undefined;
    const milliDays = days === undefined ? null : milliOf(days);
    if (milliDays === null || milliDays > 1_000_000_000) {
      context.addIssue(issueOf('not-a-duration', { value: shown(value) }));
      return z.NEVER;
    }
    if (limits.isPositive && milliDays === 0) {
      context.addIssue(issueOf('empty-duration', { value: shown(value) }));
      return z.NEVER;
    }
    return milliDays * (DAY_MS / 1_000);
  });
}
