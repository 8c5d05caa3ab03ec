const BACK_OFF_MS_MIN = 50;
const BACK_OFF_MS_MAX = 2_000;

/** Doubles with each attempt from 1 on; half of it is random, so that members do not meet again and again. */
export function backOffMs(attempt: number): number {
  const ceilingMs = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_MIN * 2 ** attempt);
  return ceilingMs / 2 + (ceilingMs / 2) * Math.random();
}
