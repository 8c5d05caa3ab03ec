/** Calls back once after a time, unless the answer is called first. Services have no other timer, so that tests turn it by hand. */
export type Alarm = (afterMs: number, ring: () => void) => () => void;

/** Node takes a longer time for none at all. */
const TIMER_MS_MAX = 2_147_483_647;

/** On the timers of this process. It never keeps the process alive. */
export const systemAlarm: Alarm = (afterMs, ring) => {
  const timer = setTimeout(ring, Math.min(Math.max(0, afterMs), TIMER_MS_MAX));
  timer.unref();
  return () => clearTimeout(timer);
};
