import { TOPICS } from '@strata/contracts';
import type { PartitionState } from '@strata/domain';
import type { AssignmentCause, LogBounds, PartitionShard, TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import { decodePartition } from '@strata/state-codec';
import { scorerFault } from './scorer-fault.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import { Shard } from './shard.ts';
import {
  decodeShardLedger,
  EMPTY_SHARD_LEDGER,
  SHARD_FIELDS,
  type ShardLedger,
} from './shard-ledger.ts';

type OwnershipSettings = Pick<ScorerSettings, 'hotCustomersMax' | 'foldVersion' | 'at'>;

type TakenShard = PartitionShard & {
  readonly partition: number;
  readonly owner: string;
  readonly earliestDue: number | null;
};

/**
 * Which partitions this process owns. Every assignment takes its partitions anew: the store gives a fresh owner token,
 * which refuses the commits of whoever held them before, also of ourselves.
 */
export class Ownership {
  readonly #ports: Pick<ScorerPorts, 'reader' | 'store' | 'initialPartition'>;
  readonly #settings: OwnershipSettings;
  readonly #shards = new Map<number, Shard>();
  /** Counts assignments that voided everything, so that a slow one never overwrites a newer one. */
  #joins = 0;
  #hasBeenAssigned = false;

  constructor(
    ports: Pick<ScorerPorts, 'reader' | 'store' | 'initialPartition'>,
    settings: OwnershipSettings,
  ) {
    this.#ports = ports;
    this.#settings = settings;
  }

  get hasBeenAssigned(): boolean {
    return this.#hasBeenAssigned;
  }

  /** Those that are owned and not known to be lost. */
  shards(): Shard[] {
    return [...this.#shards.values()].filter((shard) => !shard.isLost);
  }

  shard(partition: number): Shard | null {
    const shard = this.#shards.get(partition);
    return shard === undefined || shard.isLost ? null : shard;
  }

  lose(shard: Shard): void {
    shard.isLost = true;
    if (this.#shards.get(shard.partition) === shard) this.#shards.delete(shard.partition);
  }

  loseAll(): void {
    for (const shard of this.#shards.values()) shard.isLost = true;
    this.#shards.clear();
  }

  /** Answers where each partition goes on: the store knows, the broker's own offsets are for display. */
  async assign(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number>> {
    if (cause === 'joined') {
      this.#joins += 1;
      this.loseAll();
    }
    const join = this.#joins;
    for (const { partition } of assigned) {
      const old = this.#shards.get(partition);
      if (old !== undefined) this.lose(old);
    }
    const partitionCount = await this.#checkedPartitionCount();
    const taken = await Promise.all(assigned.map(({ partition }) => this.#acquire(partition)));
    await this.#settings.at('mid-acquire');
    // Read behind the acquisition: from then on no older owner can move `next` past what is read here.
    const bounds = await this.#ports.reader.bounds(TOPICS.customerLog);
    const starts = new Map<string, number>();
    for (const picture of taken) {
      const shard = this.#open(picture, bounds[picture.partition], partitionCount);
      assertPartitionCount(shard, shard.ledger);
      if (join === this.#joins) this.#shards.set(shard.partition, shard);
      starts.set(tpKey({ topic: TOPICS.customerLog, partition: shard.partition }), shard.next);
    }
    this.#hasBeenAssigned = true;
    await this.#settings.at('before-seek');
    return starts;
  }

  async #acquire(partition: number): Promise<TakenShard> {
    const picture = await this.#ports.store.acquire(partition);
    const earliestDue = await this.#ports.store.earliestDue(partition);
    return { ...picture, partition, earliestDue };
  }

  #open(picture: TakenShard, bounds: LogBounds | undefined, partitionCount: number): Shard {
    const { partition, fields, next } = picture;
    const { start, end } = bounds ?? { start: 0, end: 0 };
    assertInsideLog({ partition, next, start, end });
    const state = fields[SHARD_FIELDS.state];
    const rates = fields[SHARD_FIELDS.rates];
    const ledger = this.#ledgerOf(partition, fields[SHARD_FIELDS.ledger]);
    return new Shard({
      ...picture,
      state:
        state === undefined ? this.#ports.initialPartition(partition) : readState(state, rates),
      ledger,
      logEnd: end,
      partitionCount,
      hotCustomersMax: this.#settings.hotCustomersMax,
    });
  }

  /** Going on under another fold would mix decisions of two rules in one state, and no replay could give it again. */
  #ledgerOf(partition: number, bytes: Uint8Array | undefined): ShardLedger {
    const { foldVersion } = this.#settings;
    if (bytes === undefined) return { ...EMPTY_SHARD_LEDGER, foldVersion };
    const ledger = decodeShardLedger(bytes);
    if (ledger.foldVersion === foldVersion) return ledger;
    throw scorerFault(
      'STRATA_SCORER_FOLD_VERSION',
      `Partition ${partition} was folded by version ${ledger.foldVersion} of the fold, this scorer has version ` +
        `${foldVersion}: start a scorer of that version, or run "./strata rebuild --new-epoch" with this one.`,
      { details: { partition, stored: ledger.foldVersion, own: foldVersion } },
    );
  }

  /** Outputs go to the partition of the same number, so the topics have to agree before anything is folded. */
  async #checkedPartitionCount(): Promise<number> {
    const [log, ...outputs] = await Promise.all(
      [TOPICS.customerLog, TOPICS.tierChanges, TOPICS.tiers].map((topic) =>
        this.#ports.reader.partitionCount(topic),
      ),
    );
    const count = log ?? 0;
    if (outputs.some((other) => other !== count)) {
      throw scorerFault(
        'STRATA_SCORER_PARTITION_COUNT',
        `${TOPICS.customerLog} has ${count} partitions, ${TOPICS.tierChanges} and ${TOPICS.tiers} ` +
          `have ${outputs.join(' and ')}: create them with the same number.`,
      );
    }
    return count;
  }
}

function readState(bytes: Uint8Array, rates: Uint8Array | undefined): PartitionState {
  try {
    return decodePartition(bytes, rates);
  } catch (cause) {
    throw scorerFault(
      'STRATA_SCORER_STATE_UNREADABLE',
      `The state of a partition cannot be read: ${cause instanceof Error ? cause.message : 'unknown fault'}`,
      { cause },
    );
  }
}

/** A customer's partition follows from the count, so a changed count would split customers between shards. */
export function assertPartitionCount(
  { partition, partitionCount }: Shard,
  { partitions: opened }: ShardLedger,
): void {
  if (opened === null || opened === partitionCount) return;
  throw scorerFault(
    'STRATA_SCORER_PARTITION_COUNT',
    `This stack was opened with ${opened} partitions of ${TOPICS.customerLog}, now there are ` +
      `${partitionCount}: the count is fixed for the life of a stack. Fold the log into a new stack instead.`,
    { details: { partition, opened, found: partitionCount } },
  );
}

function assertInsideLog(at: {
  partition: number;
  next: number;
  start: number;
  end: number;
}): void {
  const { partition, next, start, end } = at;
  const where = `The state of ${TOPICS.customerLog} partition ${partition} goes on at offset ${next}`;
  if (next > end) {
    throw scorerFault(
      'STRATA_SCORER_LOG_LOST_ITS_END',
      `${where}, but the log ends at ${end}: the log has lost records that were already folded. ` +
        'Restore the log, or rebuild the partition from what it still holds.',
      { details: at },
    );
  }
  if (next < start) {
    throw scorerFault(
      'STRATA_SCORER_LOG_CUT',
      `${where}, but the log begins at ${start}: records were deleted before they were folded. ` +
        'Restore them, or rebuild the partition under a new epoch.',
      { details: at },
    );
  }
}
