/**
 * The instant at which a process can die with something half done: the records lie in the log, and the position in
 * the intake is not committed. Tests stop there and start again; in production the hook does nothing.
 */
export const CRASH_POINTS = ['after-append'] as const;

export type CrashHook = (point: (typeof CRASH_POINTS)[number]) => void | Promise<void>;
