import type { Logger } from '@strata/pipeline';
import type { Alarm } from '@strata/service-runtime';

/**
 * Does something again and again, at once when asked to. One run at a time; a run that fails is said, and the next one
 * comes by the clock.
 */
export class RegularRun {
  readonly #ports: { readonly alarm: Alarm; readonly logger: Logger };
  readonly #everyMs: number;
  readonly #what: string;
  /** Answers whether there is more to do right away. */
  readonly #run: () => Promise<boolean>;
  #cancel = (): void => {};
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isStopped = false;

  constructor(
    ports: { readonly alarm: Alarm; readonly logger: Logger },
    settings: {
      readonly everyMs: number;
      readonly what: string;
      readonly run: () => Promise<boolean>;
    },
  ) {
    this.#ports = ports;
    this.#everyMs = settings.everyMs;
    this.#what = settings.what;
    this.#run = settings.run;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#cancel();
    this.#cancel = this.#ports.alarm(this.#everyMs, () => this.now());
  }

  now(): void {
    this.#isWanted = true;
    this.#running ??= this.#go().finally(() => {
      this.#running = null;
      this.start();
    });
  }

  /** Finishes the run in hand. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  async #go(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      try {
        this.#isWanted ||= await this.#run();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#ports.logger.warn({ what: this.#what, reason }, 'It failed and is tried again');
      }
    }
  }
}
