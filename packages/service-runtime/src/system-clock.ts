/** Wall time of this machine. It schedules and measures; no tier is ever decided by it. */
export const systemClock = {
  nowMs(): number {
    return Date.now();
  },
};
