import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import type { LogBounds, LogReader } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { LetterCounter } from './letter-counter.ts';

/** Records appended a second, by the ends of the topics. Null: not known (yet). */
export interface Flow {
  readonly intakePerSecond: number | null;
  readonly customerLogPerSecond: number | null;
  readonly tierChangesPerSecond: number | null;
}

/** What the log says of itself, at one instant. */
export interface LogLook {
  readonly flow: Flow;
  /** Dead letters by reason; null where they are not known. */
  readonly letters: ReadonlyMap<string, number> | null;
}

const UNKNOWN: LogLook = {
  flow: { intakePerSecond: null, customerLogPerSecond: null, tierChangesPerSecond: null },
  letters: null,
};

interface Sample {
  readonly atMs: number;
  readonly intake: number;
  readonly customerLog: number;
  readonly tierChanges: number;
}

/** Rates are means over this many samples, so that they can be read. */
const SAMPLES = 5;
/** A look that is older says nothing of now: the broker may hang instead of refusing. */
const KNOWN_MS = 15_000;

/** Asks the log for its ends; a sample costs a handful of small requests. */
export class FlowMeter {
  readonly #log: Pick<LogReader, 'bounds' | 'read'>;
  readonly #letters: LetterCounter;
  readonly #samples: Sample[] = [];
  #taken: { readonly atMs: number; readonly look: LogLook } | null = null;
  #running: Promise<LogLook> | null = null;

  constructor(options: {
    log: Pick<LogReader, 'bounds' | 'read'>;
    /** Of the dead letters. */
    serde: TopicSerde;
  }) {
    this.#log = options.log;
    this.#letters = new LetterCounter(options.log, options.serde);
  }

  look(nowMs: number): LogLook {
    if (this.#taken === null || nowMs - this.#taken.atMs > KNOWN_MS) return UNKNOWN;
    return this.#taken.look;
  }

  /**
   * Never two at once; throws where the log does not answer, and then nothing is known any more.
   */
  async sample(nowMs: number): Promise<void> {
    this.#running ??= this.#take(nowMs).finally(() => {
      this.#running = null;
    });
    try {
      this.#taken = { atMs: nowMs, look: await this.#running };
    } catch (error) {
      this.#taken = null;
      this.#samples.length = 0;
      throw error;
    }
  }

  async #take(atMs: number): Promise<LogLook> {
    const [intake, customerLog, tierChanges, [letters = []]] = await Promise.all([
      this.#bounds(INTAKE_TOPICS),
      this.#bounds([TOPICS.customerLog]),
      this.#bounds([TOPICS.tierChanges]),
      this.#bounds([TOPICS.deadLetters]),
    ]);
    const sample = {
      atMs,
      intake: endsOf(intake),
      customerLog: endsOf(customerLog),
      tierChanges: endsOf(tierChanges),
    };
    const first = this.#samples[0];
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    const rate = (of: 'intake' | 'customerLog' | 'tierChanges'): number | null =>
      first === undefined || atMs <= first.atMs
        ? null
        : Math.max(0, ((sample[of] - first[of]) * 1000) / (atMs - first.atMs));
    return {
      flow: {
        intakePerSecond: rate('intake'),
        customerLogPerSecond: rate('customerLog'),
        tierChangesPerSecond: rate('tierChanges'),
      },
      letters: await this.#letters.count(letters),
    };
  }

  #bounds(topics: readonly string[]): Promise<(readonly LogBounds[])[]> {
    return Promise.all(topics.map((topic) => this.#log.bounds(topic)));
  }
}

function endsOf(topics: readonly (readonly LogBounds[])[]): number {
  return topics.flat().reduce((sum, { end }) => sum + end, 0);
}
