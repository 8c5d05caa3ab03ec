import type { Logger } from '@strata/pipeline';
import { StallWatch, StrataError } from '@strata/pipeline';

const LOOKS_MAX = 24;

/** What a member has to do, and how to be sure of it. */
export interface Work {
  /** Names of what has something to do. Throws while the brokers cannot be asked. */
  pending(): Promise<readonly string[]>;
  /** Whether what seems to hang truly has something to do: a log may end with offsets that hold no record. */
  isReal(name: string): Promise<boolean>;
  onHang(fault: StrataError): void;
}

/**
 * Ends a member that stands still although records wait. kafkajs sends heartbeats on behalf of a handler that never
 * returns, and a fetch loop that has died says nothing, so nobody else would ever take such partitions over.
 */
export class HangWatch {
  readonly #hangMs: number;
  readonly #logger: Logger;
  readonly #stalls = new StallWatch(LOOKS_MAX);
  readonly #signs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(hangMs: number, logger: Logger) {
    this.#hangMs = hangMs;
    this.#logger = logger;
  }

  /** A sign of life: something went on, or failed and will be tried again. */
  alive(name: string): void {
    this.#signs.set(name, (this.#signs.get(name) ?? 0) + 1);
  }

  start(work: Work): void {
    if (this.#isStopped) return;
    const look = (): void => void this.#look(work).then(() => this.start(work));
    this.#timer = setTimeout(look, this.#hangMs / LOOKS_MAX).unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #look(work: Work): Promise<void> {
    try {
      const names = await work.pending();
      const stalled = this.#stalls.look(
        names.map((name) => ({ name, signs: this.#signs.get(name) ?? 0 })),
      );
      if (stalled === null || this.#isStopped) return;
      if (await work.isReal(stalled)) work.onHang(hangs(stalled, this.#hangMs));
      else this.alive(stalled);
    } catch (error) {
      // Brokers that cannot be asked are the reason why nothing goes on.
      this.#stalls.forget();
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.debug({ component: 'group reader', reason }, 'could not look for a hang');
    }
  }
}

function hangs(name: string, hangMs: number): StrataError {
  return new StrataError(
    'STRATA_KAFKA_NO_PROGRESS',
    `Nothing has gone on with ${name} for ${hangMs / 1_000} s although records wait. The process ends, so that others ` +
      'take its partitions; start it again, and report what it was doing if it hangs again.',
    { details: { name } },
  );
}
