import { TOPICS } from '@strata/contracts';
import type { PartitionState } from '@strata/domain';
import type {
  AcquiredShard,
  AssignmentCause,
  LogBounds,
  PartitionShard,
  StrataError,
  TopicPartition,
} from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import { markerKeyId } from '@strata/service-runtime';
import {
  decodeShardLedger,
  EMPTY_SHARD_LEDGER,
  LEDGER_FIELD,
  type ShardLedger,
} from '@strata/shard-state';
import { decodePartition } from '@strata/state-codec';
import { breakInLog } from './log-continuity.ts';
import { lostGround, publishedByAnotherFold, type Witnesses } from './lost-ground.ts';
import { tailsOf } from './numbered-topics.ts';
import { scorerFault } from './scorer-fault.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import { Shard } from './shard.ts';

type OwnershipSettings = Pick<ScorerSettings, 'groupId' | 'hotEntriesMax' | 'foldVersion' | 'at'>;

type TakenShard = AcquiredShard & {
  readonly partition: number;
  readonly earliestDue: number | null;
};

/**
 * Which partitions this process owns. Every assignment takes its partitions anew: the store gives a fresh owner token,
 * which refuses the commits of whoever held them before, also of ourselves.
 */
export class Ownership {
  readonly #ports: Pick<
    ScorerPorts,
    'reader' | 'store' | 'initialPartition' | 'markerOf' | 'clock'
  >;
  readonly #settings: OwnershipSettings;
  readonly #shards = new Map<number, Shard>();
  readonly #halted = new Map<number, StrataError>();
  /** What the group gives to this process, owned or not. */
  #given = new Set<number>();
  /** Counts assignments that voided everything, so that a slow one never overwrites a newer one. */
  #joins = 0;
  #partitionCount: number | null = null;
  #hasBeenAssigned = false;

  constructor(
    ports: Pick<ScorerPorts, 'reader' | 'store' | 'initialPartition' | 'markerOf' | 'clock'>,
    settings: OwnershipSettings,
  ) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Partitions of the customer log, whoever owns them; null before the first assignment. */
  get partitionCount(): number | null {
    return this.#partitionCount;
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

  /** Partitions that the group gives to this process and that may not be read, with the reason. */
  get halted(): ReadonlyMap<number, StrataError> {
    return this.#halted;
  }

  /** Those that the group gives to this process, and that are neither owned nor halted. */
  awaited(): number[] {
    const isHere = (partition: number): boolean =>
      this.shard(partition) !== null || this.#halted.has(partition);
    return [...this.#given].filter((partition) => !isHere(partition)).toSorted((a, b) => a - b);
  }

  lose(shard: Shard): void {
    shard.isLost = true;
    if (this.#shards.get(shard.partition) === shard) this.#shards.delete(shard.partition);
  }

  loseAll(): void {
    for (const shard of this.#shards.values()) shard.isLost = true;
    this.#shards.clear();
    this.#halted.clear();
  }

  /**
   * Answers where each partition goes on: the store knows, the broker's own offsets are for display. Null for one whose
   * log is not the one that its state was folded from.
   */
  async assign(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number | null>> {
    if (cause === 'joined') {
      this.#joins += 1;
      this.loseAll();
      this.#given = new Set();
    }
    for (const { partition } of assigned) this.#given.add(partition);
    const join = this.#joins;
    for (const { partition } of assigned) {
      const old = this.#shards.get(partition);
      if (old !== undefined) this.lose(old);
      this.#halted.delete(partition);
    }
    const partitionCount = await this.#checkedPartitionCount();
    this.#partitionCount = partitionCount;
    const taken = await Promise.all(assigned.map(({ partition }) => this.#acquire(partition)));
    await this.#settings.at('mid-acquire');
    // Read behind the acquisition: from then on no older owner can move `next` past what is read here.
    const bounds = await this.#ports.reader.bounds(TOPICS.customerLog);
    const witnesses = await this.#witnesses(assigned);
    const opened = await Promise.all(
      taken.map((picture) => {
        const { partition } = picture;
        const log = bounds[partition] ?? { start: 0, end: 0 };
        return this.#open(picture, { log, partitionCount, witnesses: witnesses(partition) });
      }),
    );
    const starts = new Map<string, number | null>();
    for (const { shard, fault } of opened) {
      const { partition, next } = shard;
      if (join === this.#joins) {
        if (fault === null) this.#shards.set(partition, shard);
        else this.#halted.set(partition, fault);
      }
      const key = tpKey({ topic: TOPICS.customerLog, partition });
      starts.set(key, fault === null ? next : null);
    }
    this.#hasBeenAssigned = true;
    await this.#settings.at('before-seek');
    return starts;
  }

  /** What topics and group know of the partitions, to tell a state that is new from one that was lost. */
  async #witnesses(assigned: readonly TopicPartition[]): Promise<(partition: number) => Witnesses> {
    const { reader } = this.#ports;
    const partitions = assigned.map(({ partition }) => partition);
    const [tails, committed] = await Promise.all([
      tailsOf(reader, partitions),
      reader.committed(this.#settings.groupId, [TOPICS.customerLog]),
    ]);
    return (partition) => ({
      tails: tails.get(partition) ?? new Map(),
      committed: committed.get(tpKey({ topic: TOPICS.customerLog, partition })) ?? null,
    });
  }

  async #acquire(partition: number): Promise<TakenShard> {
    const picture = await this.#ports.store.acquire(partition);
    const earliestDue = await this.#ports.store.earliestDue(partition);
    return { ...picture, partition, earliestDue };
  }

  async #open(
    picture: TakenShard,
    around: {
      readonly log: LogBounds;
      readonly partitionCount: number;
      readonly witnesses: Witnesses;
    },
  ): Promise<{ readonly shard: Shard; readonly fault: StrataError | null }> {
    const { partition, fields, next } = picture;
    const { log, partitionCount, witnesses } = around;
    const state = readState(fields);
    const ledger = this.#ledgerOf(partition, fields[LEDGER_FIELD]);
    const shard = new Shard({
      ...picture,
      state: state === null ? this.#ports.initialPartition(partition) : this.#checkedMarkers(state),
      ledger,
      logEnd: log.end,
      rebuildTo: lostGround({ next, logEnd: log.end, ledger }, witnesses),
      partitionCount,
      hotEntriesMax: this.#settings.hotEntriesMax,
      nowMs: this.#ports.clock.nowMs(),
    });
    assertPartitionCount(shard, shard.ledger);
    const place = { partition, next, lastFolded: ledger.lastFolded, bounds: log };
    const isLost = fields[LEDGER_FIELD] === undefined;
    const otherFold = isLost
      ? publishedByAnotherFold(partition, this.#settings.foldVersion, witnesses)
      : null;
    return { shard, fault: otherFold ?? (await breakInLog(place, this.#ports.reader)) };
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

  /** Under another key nobody who was erased would be known again, and would come back with the next late event. */
  #checkedMarkers(state: PartitionState): PartitionState {
    const own = markerKeyId(this.#ports.markerOf(''));
    const strange = state.erasures.byMarker.keys().find((marker) => markerKeyId(marker) !== own);
    if (strange === undefined) return state;
    throw scorerFault(
      'STRATA_SCORER_MARKER_KEY',
      `The erased customers of partition ${state.partition} were marked with key ` +
        `${markerKeyId(strange)}, and this process has ${own}: set STRATA_SEALING_KEY to the key of ` +
        'the stack, or rebuild the partition from the log.',
      { details: { partition: state.partition } },
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

function readState(fields: PartitionShard['fields']): PartitionState | null {
  try {
    return decodePartition(fields);
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
