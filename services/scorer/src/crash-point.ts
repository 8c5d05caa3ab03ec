/**
 * The instants at which a process can die with different things half done. Tests stop there and start again; in
 * production the hook does nothing.
 */
export const CRASH_POINTS = [
  'mid-acquire',
  'before-seek',
  'after-fetch',
  'after-load',
  'before-commit',
  'after-commit',
  'after-outbox-read',
  'after-produce',
  'after-trim',
  'mid-shutdown',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export type CrashHook = (point: CrashPoint) => void | Promise<void>;
