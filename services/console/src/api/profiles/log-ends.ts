import { TOPICS } from '@strata/contracts';
import type { LogBounds, LogReader } from '@strata/pipeline';

/** The customer log at one moment. */
interface Sample {
  readonly atMs: number;
  /** By partition. */
  readonly ends: readonly number[];
}

/** How far a state is behind the log. */
export interface Lag {
  /** Records that are not counted; null where the log does not answer. */
  readonly records: number | null;
  /** Everything that was in the log at this moment is counted; null where that is not known. */
  readonly completeUntilMs: number | null;
}

export interface LogEndsParts {
  readonly log: Pick<LogReader, 'bounds'>;
  /** Epoch milliseconds. */
  readonly wallMs: () => number;
  /** Milliseconds for measuring, from any start. */
  readonly nowMs: () => number;
}

/** A sample serves so long; the next request after that takes a new one. */
const SAMPLE_MS = 1_000;
/** One that is taken for a demand serves the demands of the same moment. */
const NEW_MS = 20;
/** Samples kept, so that a state that is behind still says since when. */
const SAMPLES_MAX = 600;
/** A log that does not answer makes nobody wait longer, and is not asked again for a while. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 5_000;

/** Where the customer log ends, asked at most once a second however many requests want to know. */
export class LogEnds {
  readonly #parts: LogEndsParts;
  readonly #samples: Sample[] = [];
  #takenAtMs = Number.NEGATIVE_INFINITY;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #taking: Promise<void> | null = null;

  constructor(parts: LogEndsParts) {
    this.#parts = parts;
  }

  /** To be awaited before `lagOf`; never throws. `isNew`: a sample that is taken from now on. */
  async refresh(isNew = false): Promise<void> {
    const nowMs = this.#parts.nowMs();
    if (nowMs - this.#takenAtMs < (isNew ? NEW_MS : SAMPLE_MS)) return;
    if (nowMs - this.#failedAtMs < PAUSE_MS) return;
    if (isNew) await this.#taking;
    this.#taking ??= this.#take().finally(() => {
      this.#taking = null;
    });
    await this.#taking;
  }

  /** `next`: of the first record of the partition that is not counted. */
  lagOf(partition: number, next: number): Lag {
    const isFailing = this.#failedAtMs > this.#takenAtMs;
    const newest = this.#samples.at(-1);
    const end = newest?.ends[partition];
    const covered = this.#samples.findLast(({ ends }) => (ends[partition] ?? 0) <= next);
    return {
      records: isFailing || end === undefined ? null : Math.max(0, end - next),
      completeUntilMs: covered?.atMs ?? null,
    };
  }

  async #take(): Promise<void> {
    const { log, wallMs, nowMs } = this.#parts;
    const atMs = wallMs();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    try {
      const asked = log.bounds(TOPICS.customerLog).catch((): null => null);
      const bounds: readonly LogBounds[] | null = await Promise.race([asked, tooLong]);
      if (bounds === null) {
        this.#failedAtMs = nowMs();
        return;
      }
      this.#samples.push({ atMs, ends: bounds.map(({ end }) => end) });
      if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
      this.#takenAtMs = nowMs();
      this.#failedAtMs = Number.NEGATIVE_INFINITY;
    } finally {
      clearTimeout(timer);
    }
  }
}
