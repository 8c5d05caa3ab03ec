import { TOPICS } from '@strata/contracts';
import {
  type BesideStore,
  freshnessOf,
  type LogReader,
  type OutboxEntry,
  type RecordBatch,
  StrataError,
} from '@strata/pipeline';
import { decodePartition } from '@strata/state-codec';
import { type Tail, tailsOf } from './numbered-topics.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import { DEFAULT_SCORER_SETTINGS } from './scorer-settings.ts';
import { Shard } from './shard.ts';
import { decodeShardLedger, EMPTY_SHARD_LEDGER, SHARD_FIELDS } from './shard-ledger.ts';
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
  static async open(ports: RebuildPorts, partition: number): Promise<ShardRebuild> {
    const { beside, reader } = ports;
    const foldVersion = DEFAULT_SCORER_SETTINGS.foldVersion;
    let picture = await beside.acquire(partition);
    const stored = picture.fields[SHARD_FIELDS.ledger];
    if (stored !== undefined && decodeShardLedger(stored).foldVersion !== foldVersion) {
      await beside.discard(partition);
      picture = await beside.acquire(partition);
    }
    const { [SHARD_FIELDS.state]: state, [SHARD_FIELDS.rates]: rates } = picture.fields;
    const ledger = picture.fields[SHARD_FIELDS.ledger];
    const shard = new Shard({
      ...picture,
      partition,
      state:
        state === undefined ? ports.initialPartition(partition) : decodePartition(state, rates),
      ledger: ledger === undefined ? EMPTY_SHARD_LEDGER : decodeShardLedger(ledger),
      logEnd: 0,
      rebuildTo: null,
      partitionCount: await reader.partitionCount(TOPICS.customerLog),
      earliestDue: null,
      hotCustomersMax: DEFAULT_SCORER_SETTINGS.hotCustomersMax,
    });
    const tails = (await tailsOf(reader, [partition])).get(partition) ?? new Map();
    return new ShardRebuild(ports, shard, tails);
  }

  /** Offset of the next record to fold. */
  get next(): number {
    return this.#shard.next;
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
  #isPublished({ topic, position, seq }: OutboxEntry): boolean {
    const { epoch, foldVersion } = this.#shard.ledger;
    const tail = this.#tails.get(topic);
    if (tail !== undefined) {
      return tail !== null && freshnessOf(tail.number, { epoch, seq }) === 'repeat';
    }
    return [...this.#tails.values()].some(
      (it) =>
        it?.number.epoch === epoch &&
        it.note?.foldVersion === foldVersion &&
        it.note.published >= position,
    );
  }
}

function takenByAnother(partition: number): StrataError {
  return new StrataError(
    'STRATA_SCORER_REBUILD_TAKEN',
    `Another rebuild of partition ${partition} has begun: let that one end, then start this one again.`,
    { details: { partition } },
  );
}
