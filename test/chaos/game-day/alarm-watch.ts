import { setTimeout as delay } from 'node:timers/promises';
import type { PrometheusServer } from '../../integration/prometheus/prometheus-server.ts';

const LOOK_MS = 500;

/** One time that an alarm fired, for whatever partition or service. */
export interface Ring {
  readonly name: string;
  readonly summary: string;
  readonly fromMs: number;
  /** Null while it fires. */
  untilMs: number | null;
}

/** Looks at what a Prometheus says fires, all the time, and remembers it. Instants are `performance.now()`. */
export class AlarmWatch {
  readonly rings: Ring[] = [];
  readonly #prometheus: PrometheusServer;
  #isEnding = false;
  #run: Promise<void> = Promise.resolve();

  constructor(prometheus: PrometheusServer) {
    this.#prometheus = prometheus;
  }

  start(): void {
    this.#run = this.#goOn();
    // Whoever closes it hears of its failure.
    this.#run.catch(() => undefined);
  }

  isFiring(name: string): boolean {
    return this.rings.some((ring) => ring.name === name && ring.untilMs === null);
  }

  /** Those that began at this instant or later. */
  since(fromMs: number): readonly Ring[] {
    return this.rings.filter((ring) => ring.fromMs >= fromMs);
  }

  async close(): Promise<void> {
    this.#isEnding = true;
    await this.#run;
  }

  async #goOn(): Promise<void> {
    while (!this.#isEnding) {
      const firing = await this.#prometheus.firing();
      const nowMs = performance.now();
      for (const ring of this.rings) {
        if (ring.untilMs === null && !firing.some(({ name }) => name === ring.name)) {
          ring.untilMs = nowMs;
        }
      }
      for (const { name, summary } of firing) {
        if (!this.isFiring(name)) this.rings.push({ name, summary, fromMs: nowMs, untilMs: null });
      }
      await delay(LOOK_MS);
    }
  }
}
