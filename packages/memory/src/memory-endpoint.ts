import { type DeliveryJob, type EndpointService, rateWindow } from '@strata/pipeline';

/** A job that is not finished. */
export interface HeldJob {
  readonly job: DeliveryJob;
  readonly addedAtMs: number;
  attempt: number;
  state: 'waiting' | 'delayed' | 'active';
  /** Calls off what is planned for it. */
  cancel: () => void;
  /** In hand when its subject was removed: not tried again, and no longer known. */
  isRemoved: boolean;
}

/** What one process knows of an endpoint: who waits, who is on the way, and when the next may go. */
export class MemoryEndpoint {
  /** Null: nobody serves it. */
  service: EndpointService | null = null;
  /** Calls the end of the hold off; null: it is not on hold. */
  endHold: (() => void) | null = null;
  /** Somebody looks again by the clock. */
  isPlanned = false;
  readonly waiting: HeldJob[] = [];
  readonly #active = new Set<HeldJob>();
  #startsMs: number[] = [];

  begin(held: HeldJob, nowMs: number): void {
    held.state = 'active';
    this.#active.add(held);
    if (typeof this.service?.perSecond === 'number') this.#startsMs.push(nowMs);
  }

  forget(held: HeldJob): void {
    this.#active.delete(held);
    const at = this.waiting.indexOf(held);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** How long the next job has to wait, 0 for not at all; null where something else than time has to happen first. */
  waitMs(nowMs: number): number | null {
    if (this.service === null || this.waiting.length === 0) return null;
    if (this.endHold !== null) return null;
    if (this.#active.size >= this.service.concurrency) return null;
    const { perSecond } = this.service;
    if (perSecond === null) return 0;
    const { max, windowMs } = rateWindow(perSecond);
    this.#startsMs = this.#startsMs.filter((startMs) => startMs > nowMs - windowMs);
    if (this.#startsMs.length < max) return 0;
    return Math.max(1, (this.#startsMs[0] ?? nowMs) + windowMs - nowMs);
  }
}
