import { logRecordToWire, type PolicyBook } from '@strata/contracts';
import { type Calibrated, type PartitionState, type PolicyActivated } from '@strata/domain';
import type { Logger } from '@strata/pipeline';
import type { LogAppender } from './log-appender.ts';
import type { Shard } from './shard.ts';

type Brought = (PolicyActivated | Calibrated) & { readonly number: number };

/**
 * Brings the set that holds, and its newest calibration, into partitions that lack them. Those that were published in
 * between and hold no more are left out. The fold takes each publication once, so one too many changes nothing.
 */
export class PolicyBringer {
  readonly #appender: LogAppender;
  readonly #logger: Logger;

  constructor(appender: LogAppender, logger: Logger) {
    this.#appender = appender;
    this.#logger = logger;
  }

  /** To be called with partitions that have caught up with their log. */
  async bring(book: PolicyBook, shards: readonly Shard[]): Promise<void> {
    for (const record of heldBy(book)) {
      const { number, kind } = record;
      const lacking = shards.filter((shard) => {
        return Math.max(takenBy(shard.state, kind), shard.sent[kind]) < number;
      });
      if (lacking.length === 0) continue;
      const wire = logRecordToWire(record);
      // Whether it gets there is unknown where this throws; then it is sent again.
      await this.#appender.append(lacking.map(({ partition }) => ({ partition, wire })));
      for (const shard of lacking) shard.sent[kind] = number;
      this.#logger.info({ kind, number, partitions: lacking.length }, 'Brought what is published');
    }
  }
}

/** In the order of the topic: a set that needs a calibration is published behind it. */
function heldBy(book: PolicyBook): readonly Brought[] {
  const { inForce } = book;
  if (inForce === null) return [];
  const { set, number, announceFrom } = inForce;
  const activated: Brought = { kind: 'policy-activated', set, number, announceFrom };
  const newest = book.calibrationOf(set.id);
  if (newest === null) return [activated];
  const { calibration } = newest;
  const calibrated: Brought = {
    kind: 'calibrated',
    calibration,
    number: newest.number,
    announceFrom: newest.announceFrom,
  };
  return newest.number < number ? [calibrated, activated] : [activated, calibrated];
}

/** Number of the newest publication of a kind that a partition has folded. */
function takenBy({ activations, calibrations }: PartitionState, kind: Brought['kind']): number {
  const taken = kind === 'policy-activated' ? activations : calibrations;
  return taken.reduce((max, { number }) => Math.max(max, number), 0);
}
