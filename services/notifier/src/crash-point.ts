/**
 * The instants at which a process can die with different things half done: jobs are in the queue and the position is
 * not stored; the endpoint has its webhook and the queue does not know. Tests stop there and start again; in production
 * the hook does nothing.
 */
export const CRASH_POINTS = ['after-enqueue', 'after-post'] as const;

export type CrashHook = (point: (typeof CRASH_POINTS)[number]) => void | Promise<void>;
