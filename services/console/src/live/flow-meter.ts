import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { type DeliveryCounts, type LogBounds, type LogReader, tpKey } from '@strata/pipeline';
import { LetterCounter } from './letter-counter.ts';

/** What flows, as far as the log tells it from outside. Null: not known (yet). */
export interface Flow {
  /** Records appended a second. */
  readonly intakePerSecond: number | null;
  readonly customerLogPerSecond: number | null;
  readonly tierChangesPerSecond: number | null;
  /** Records that a service has still to read. */
  readonly ingestorLag: number | null;
  readonly scorerLag: number | null;
  readonly notifierLag: number | null;
  readonly deadLetters: number | null;
  readonly deliveries: DeliveryCounts | null;
}

export const UNKNOWN_FLOW: Flow = {
  intakePerSecond: null,
  customerLogPerSecond: null,
  tierChangesPerSecond: null,
  ingestorLag: null,
  scorerLag: null,
  notifierLag: null,
  deadLetters: null,
  deliveries: null,
};

interface Sample {
  readonly atMs: number;
  readonly intake: number;
  readonly customerLog: number;
  readonly tierChanges: number;
}

/** Rates are means over this many samples, so that they can be read. */
const SAMPLES = 5;

/**
 * Asks the log for its ends and its groups for their positions; a sample costs a handful of small
 * requests.
 */
export class FlowMeter {
  readonly #log: LogReader;
  readonly #groups: { ingestor: string; scorer: string; notifier: string };
  readonly #deliveries: (() => Promise<DeliveryCounts>) | undefined;
  readonly #letters: LetterCounter;
  readonly #samples: Sample[] = [];
  #flow: Flow = UNKNOWN_FLOW;
  #running: Promise<Flow> | null = null;

  constructor(options: {
    log: LogReader;
    groups: { ingestor: string; scorer: string; notifier: string };
    deliveries?: (() => Promise<DeliveryCounts>) | undefined;
  }) {
    this.#log = options.log;
    this.#letters = new LetterCounter(options.log);
    this.#groups = options.groups;
    this.#deliveries = options.deliveries;
  }

  flow(): Flow {
    return this.#flow;
  }

  /**
   * Never two at once; throws where the log does not answer, and then nothing is known any more.
   */
  async sample(nowMs: number): Promise<Flow> {
    this.#running ??= this.#take(nowMs).finally(() => {
      this.#running = null;
    });
    try {
      this.#flow = await this.#running;
    } catch (error) {
      this.#flow = UNKNOWN_FLOW;
      this.#samples.length = 0;
      throw error;
    }
    return this.#flow;
  }

  async #take(atMs: number): Promise<Flow> {
    const [intake, customerLog, tierChanges, [letters = []]] = await Promise.all([
      this.#bounds(INTAKE_TOPICS),
      this.#bounds([TOPICS.customerLog]),
      this.#bounds([TOPICS.tierChanges]),
      this.#bounds([TOPICS.deadLetters]),
    ]);
    const { ingestor, scorer, notifier } = this.#groups;
    const [ingestorLag, scorerLag, notifierLag, deadLetters, deliveries] = await Promise.all([
      this.#lag(ingestor, INTAKE_TOPICS, intake),
      this.#lag(scorer, [TOPICS.customerLog], customerLog),
      this.#lag(notifier, [TOPICS.tierChanges], tierChanges),
      this.#letters.count(letters),
      this.#deliveries?.() ?? null,
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
      intakePerSecond: rate('intake'),
      customerLogPerSecond: rate('customerLog'),
      tierChangesPerSecond: rate('tierChanges'),
      ingestorLag,
      scorerLag,
      notifierLag,
      deadLetters,
      deliveries,
    };
  }

  #bounds(topics: readonly string[]): Promise<(readonly LogBounds[])[]> {
    return Promise.all(topics.map((topic) => this.#log.bounds(topic)));
  }

  async #lag(
    groupId: string,
    topics: readonly string[],
    bounds: readonly (readonly LogBounds[])[],
  ): Promise<number> {
    const committed = await this.#log.committed(groupId, topics);
    let lag = 0;
    topics.forEach((topic, index) => {
      (bounds[index] ?? []).forEach(({ start, end }, partition) => {
        lag += Math.max(
          0,
          end - Math.max(start, committed.get(tpKey({ topic, partition })) ?? start),
        );
      });
    });
    return lag;
  }
}

function endsOf(topics: readonly (readonly LogBounds[])[]): number {
  return topics.flat().reduce((sum, { end }) => sum + end, 0);
}
