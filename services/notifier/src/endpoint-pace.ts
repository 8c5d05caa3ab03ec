const WINDOW_MS = 60_000;
const SLOTS = 12;
const SLOT_MS = WINDOW_MS / SLOTS;

/** How many deliveries each endpoint has taken of late, in this process: what an expected end is reckoned from. */
export class EndpointPace {
  /** By endpoint: counts by the number of their slot of time. */
  readonly #slots = new Map<string, Map<number, number>>();

  taken(endpoint: string, nowMs: number): void {
    const slots = this.#slots.get(endpoint) ?? new Map<number, number>();
    const slot = Math.floor(nowMs / SLOT_MS);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
    for (const old of slots.keys()) if (old <= slot - SLOTS) slots.delete(old);
    this.#slots.set(endpoint, slots);
  }

  /** Over the last minute, or since the first delivery where that is less. 0 for none. */
  perSecond(endpoint: string, nowMs: number): number {
    const slot = Math.floor(nowMs / SLOT_MS);
    const recent = [...(this.#slots.get(endpoint) ?? [])].filter(([at]) => at > slot - SLOTS);
    if (recent.length === 0) return 0;
    const count = recent.reduce((sum, [, taken]) => sum + taken, 0);
    const first = Math.min(...recent.map(([at]) => at));
    return count / (Math.max(SLOT_MS, nowMs - first * SLOT_MS) / 1_000);
  }
}
