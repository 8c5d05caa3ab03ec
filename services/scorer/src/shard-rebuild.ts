import { TOPICS } from '@strata/contracts';
import type { PartitionState } from '@strata/domain';
import {
  type BesideStore,
  freshnessOf,
  type LogReader,
  type OutboxEntry,
  outputNumberOf,
  type RecordBatch,
  StrataError,
} from '@strata/pipeline';
import {
  decodeShardLedger,
  EMPTY_SHARD_LEDGER,
  encodeShardLedger,
  LEDGER_FIELD,
  type ShardLedger,
} from '@strata/shard-state';
import { decodePartition, encodePartition } from '@strata/state-codec';
import { type Tail, tailsOf } from './numbered-topics.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import { DEFAULT_SCORER_SETTINGS } from './scorer-settings.ts';
import { Shard } from './shard.ts';
import { createTopology } from './topology.ts';

const OUTBOX_READ = 1_000;

export type RebuildPorts = Omit<Parameters<typeof createTopology>[0], 'store'> & {
  /** Where the new state grows. */
  readonly beside: BesideStore;
  readonly reader: LogReader;
  readonly initialPartition: ScorerPorts['initialPartition'];
};

/** Whoever waits for a rebuild: told of each commit, and may stop it. What was committed stays for the next try. */
export interface RebuildWatch {
  readonly signal: AbortSignal;
  readonly onFolded: (records: number) => void;
}

/**
 * One partition folded again from the log beside the live state, by the scorer's own steps, batch by batch and commit by
 * commit: killed at any place it goes on where its last commit was. What the output topics hold already leaves the new
 * outbox, so that in the end it holds what is still to be published and nothing else.
 */
export class ShardRebuild {
  readonly #ports: RebuildPorts;
  readonly #shard: Shard;
  readonly #tails: ReadonlyMap<string, Tail | null>;
  #trimmedTo = 0;

  private constructor(ports: RebuildPorts, shard: Shard, tails: ReadonlyMap<string, Tail | null>) {
    this.#ports = ports;
    this.#shard = shard;
    this.#tails = tails;
  }

  /** Goes on with what an earlier try has left, if the same fold has made it. */
  static async open(
    ports: RebuildPorts,
    partition: number,
    seed: RebuildSeed | null = null,
  ): Promise<ShardRebuild> {
    const { beside, reader } = ports;
    const foldVersion = DEFAULT_SCORER_SETTINGS.foldVersion;
    let picture = await beside.acquire(partition);
    const stored = picture.fields[LEDGER_FIELD];
    if (stored !== undefined && decodeShardLedger(stored).foldVersion !== foldVersion) {
      await beside.discard(partition);
      picture = await beside.acquire(partition);
    }
    if (seed !== null && picture.next < seed.next) {
      await plant(beside, { partition, owner: picture.owner, seed });
      picture = await beside.acquire(partition);
    }
    const { ledger } = picture.fields;
    const shard = new Shard({
      ...picture,
      partition,
      state: decodePartition(picture.fields) ?? ports.initialPartition(partition),
      ledger: ledger === undefined ? EMPTY_SHARD_LEDGER : decodeShardLedger(ledger),
      logEnd: 0,
      rebuildTo: null,
      partitionCount: await reader.partitionCount(TOPICS.customerLog),
      earliestDue: null,
      hotEntriesMax: DEFAULT_SCORER_SETTINGS.hotEntriesMax,
      nowMs: ports.clock.nowMs(),
    });
    const tails = (await tailsOf(reader, [partition])).get(partition) ?? new Map();
    return new ShardRebuild(ports, shard, tails);
  }

  /** Offset of the next record to fold. */
  get next(): number {
    return this.#shard.next;
  }

  /** The numbers given so far. */
  get ledger(): ShardLedger {
    return this.#shard.ledger;
  }

  get state(): PartitionState {
    return this.#shard.state;
  }

  /** @throws StrataError `STRATA_SCORER_REBUILD_TAKEN` where another rebuild of the partition has begun meanwhile. */
  async foldTo(end: number, { signal, onFolded }: RebuildWatch): Promise<void> {
    const shard = this.#shard;
    let before = shard.next;
    const score = createTopology(
      { ...this.#ports, store: this.#ports.beside },
      DEFAULT_SCORER_SETTINGS,
      {
        backPressure: async () => {},
        onCommitted: () => {
          onFolded(shard.next - before);
          before = shard.next;
        },
        isStopping: () => signal.aborted,
      },
    );
    const place = { topic: TOPICS.customerLog, partition: shard.partition };
    for await (const records of this.#ports.reader.read({ ...place, offset: shard.next }, end)) {
      const last = records.at(-1);
      if (last === undefined || last.offset < shard.next) continue;
      const batch: RecordBatch = {
        ...place,
        records,
        nextOffset: last.offset + 1,
        logEnd: end,
        heartbeat: async () => {},
        isOwned: () => true,
      };
      const outcome = await score(shard, batch);
      signal.throwIfAborted();
      if (outcome === 'reacquire') throw takenByAnother(shard.partition);
      await this.#trim();
    }
  }

  /** Puts what was built in place of the live state. Its owner is fenced, takes the partition anew and goes on from `next`. */
  async adopt(): Promise<void> {
    const { partition, owner } = this.#shard;
    if (!(await this.#ports.beside.adopt(partition, owner))) throw takenByAnother(partition);
  }

  /** The same, if `liveOwner` holds the live state still. False where somebody has taken that meanwhile. */
  adoptFrom(liveOwner: string): Promise<boolean> {
    const { partition, owner } = this.#shard;
    return this.#ports.beside.adopt(partition, owner, liveOwner);
  }

  /** Outputs that were given behind a position and are not known to be published. */
  async unpublished(afterPosition: number): Promise<readonly OutboxEntry[]> {
    const { partition } = this.#shard;
    const entries: OutboxEntry[] = [];
    for (let after = afterPosition; ; ) {
      const some = await this.#ports.beside.outbox({
        partition,
        afterPosition: after,
        limit: OUTBOX_READ,
      });
      entries.push(...some);
      after = some.at(-1)?.position ?? after;
      if (some.length < OUTBOX_READ) return entries;
    }
  }

  /** Forgets all outputs so far: whoever rebuilds has told the world otherwise. */
  async dropOutputs(): Promise<void> {
    const { partition, owner, ledger } = this.#shard;
    await this.#ports.beside.trimOutbox({ partition, owner, upToPosition: ledger.position });
  }

  async #trim(): Promise<void> {
    const { beside } = this.#ports;
    const { partition, owner } = this.#shard;
    for (;;) {
      const afterPosition = this.#trimmedTo;
      const entries = await beside.outbox({ partition, afterPosition, limit: OUTBOX_READ });
      const kept = entries.findIndex((entry) => !this.#isPublished(entry));
      const upToPosition = (kept === -1 ? entries.at(-1) : entries[kept - 1])?.position;
      if (upToPosition === undefined) return;
      await beside.trimOutbox({ partition, owner, upToPosition });
      this.#trimmedTo = upToPosition;
      if (kept !== -1) return;
    }
  }

  /** By its number; an output without a number of its own by the notes of those that have one. */
  #isPublished({ topic, position, headers }: OutboxEntry): boolean {
    const { epoch, foldVersion } = this.#shard.ledger;
    const tail = this.#tails.get(topic);
    if (tail !== undefined) {
      return tail !== null && freshnessOf(tail.number, outputNumberOf({ headers })) === 'repeat';
    }
    return [...this.#tails.values()].some(
      (it) =>
        it?.number.epoch === epoch &&
        it.note?.foldVersion === foldVersion &&
        it.note.published >= position,
    );
  }
}

/** What is known of a partition whose first records are gone from the log. */
export interface RebuildSeed {
  /** The first record that is left. */
  readonly next: number;
  readonly state: PartitionState;
  /** Partitions of the customer log as the stack was opened. */
  readonly partitions: number;
}

async function plant(
  beside: BesideStore,
  { partition, owner, seed }: { partition: number; owner: string; seed: RebuildSeed },
): Promise<void> {
  const { next, state, partitions } = seed;
  await beside.commit({
    partition,
    owner,
    expectedNext: 0,
    next,
    fields: {
      ...encodePartition(state),
      [LEDGER_FIELD]: encodeShardLedger({ ...EMPTY_SHARD_LEDGER, partitions }),
    },
    states: [],
    pages: [],
    due: [],
    outbox: [],
  });
}

function takenByAnother(partition: number): StrataError {
  return new StrataError(
    'STRATA_SCORER_REBUILD_TAKEN',
    `Another rebuild of partition ${partition} has begun: let that one end, then start this one again.`,
    { details: { partition } },
  );
}
