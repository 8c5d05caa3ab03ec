import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AssignmentCause,
  GroupHandlers,
  GroupReader,
  GroupReaderSettings,
  RecordBatch,
  TopicPartition,
} from '@strata/pipeline';
import { assert, isProgrammerFault, offsetOutOfRange, tpKey } from '@strata/pipeline';
import type { MemoryLog } from './memory-log.ts';
import type { MemoryGroup, MemoryMember } from './memory-log-group.ts';
import { memoryGroup } from './memory-log-group.ts';

const BACK_OFF_MS_MAX = 1_000;

export interface MemoryGroupReaderOptions {
  readonly batchRecords?: number;
  /** Waits before the given try (from 1) of a batch or an acquisition that failed. */
  readonly backOff?: (attempt: number) => Promise<void>;
}

/** One assignment. Whatever was begun under it stops when it is void. */
interface Tenure {
  isVoid: boolean;
  readonly wakeUps: Set<() => void>;
  readonly inHand: Set<Promise<unknown>>;
}

/** One partition under an assignment, from one answer of where it starts to its end. */
interface Claim {
  readonly at: TopicPartition;
  next: number;
  isVoid: boolean;
  work: Promise<unknown>;
}

/** A member of a group on a `MemoryLog`. Idle loops wait for an append; nothing ticks. */
export class MemoryGroupReader implements GroupReader, MemoryMember {
  readonly #log: MemoryLog;
  readonly #batchRecords: number;
  readonly #backOff: (attempt: number) => Promise<void>;
  #run: { settings: GroupReaderSettings; handlers: GroupHandlers; group: MemoryGroup } | undefined;
  readonly #claims = new Map<string, Claim>();
  #tenure: Tenure = newTenure();
  #asking: Promise<unknown> = Promise.resolve();
  #isStopping = false;

  constructor(log: MemoryLog, options: MemoryGroupReaderOptions = {}) {
    this.#log = log;
    this.#batchRecords = options.batchRecords ?? 1_000;
    this.#backOff = options.backOff ?? ((attempt) => delay(backOffMs(attempt)));
  }

  get topics(): readonly string[] {
    return this.#run?.settings.topics ?? [];
  }

  async start(settings: GroupReaderSettings, handlers: GroupHandlers): Promise<void> {
    assert(this.#run === undefined, 'a group reader starts once');
    for (const topic of settings.topics) this.#log.partitionCount(topic);
    const group = memoryGroup(this.#log, settings.groupId);
    this.#run = { settings, handlers, group };
    await group.join(this);
  }

  reacquire(at: TopicPartition): void {
    const tenure = this.#tenure;
    const claim = this.#claims.get(tpKey(at));
    if (claim === undefined || this.#isOver(tenure)) return;
    void this.#askAgain(tenure, claim);
    wakeAll(tenure);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    wakeAll(this.#tenure);
    await Promise.allSettled(this.#tenure.inHand);
    this.#tenure.isVoid = true;
    await this.#run?.group.leave(this);
  }

  async revoke(): Promise<void> {
    this.#tenure.isVoid = true;
    wakeAll(this.#tenure);
    await Promise.allSettled(this.#tenure.inHand);
  }

  assign(partitions: readonly TopicPartition[]): void {
    if (this.#isStopping) return;
    const tenure = newTenure();
    this.#tenure = tenure;
    this.#claims.clear();
    void this.#begin(tenure, partitions, 'joined');
  }

  /** Asks for the starts, one question at a time, then consumes each partition in a loop of its own. */
  async #begin(
    tenure: Tenure,
    partitions: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<void> {
    const question = this.#asking.then(() => this.#ask(tenure, partitions, cause));
    this.#asking = question;
    const starts = await question;
    if (starts === null || this.#isOver(tenure)) return;
    const committed = this.#log.committed(this.#groupId);
    const places = partitions.map((at) => {
      const { start, end } = this.#log.partition(at);
      const answer = starts.get(tpKey(at));
      const from = answer === undefined ? (committed.get(tpKey(at)) ?? start) : answer;
      return { at, from, bounds: { start, end } };
    });
    // One that cannot be read ends the member before it reads any.
    for (const { at, from, bounds } of places) {
      if (from !== null && (from < bounds.start || from > bounds.end)) {
        return this.#end(offsetOutOfRange({ ...at, offset: from }, bounds));
      }
    }
    for (const { at, from } of places) {
      if (from === null) continue;
      const claim = { at, next: from, isVoid: false, work: Promise.resolve() };
      this.#claims.set(tpKey(at), claim);
      void this.#consume(tenure, claim).catch((error: unknown) => this.#end(error));
    }
  }

  /** Not before the batch in hand is over: batches of one partition come one after the other. */
  async #askAgain(tenure: Tenure, claim: Claim): Promise<void> {
    claim.isVoid = true;
    this.#claims.delete(tpKey(claim.at));
    await Promise.allSettled([claim.work]);
    await this.#backOff(1);
    if (!this.#isOver(tenure)) await this.#begin(tenure, [claim.at], 'reacquired');
  }

  async #ask(
    tenure: Tenure,
    partitions: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number | null> | null> {
    for (let attempt = 1; !this.#isOver(tenure); attempt += 1) {
      try {
        return await this.#handlers.onAssigned(partitions, cause);
      } catch (error) {
        if (isProgrammerFault(error)) {
          this.#end(error);
          return null;
        }
        await this.#backOff(attempt);
      }
    }
    return null;
  }

  async #consume(tenure: Tenure, claim: Claim): Promise<void> {
    const { at } = claim;
    let attempt = 1;
    while (!this.#isOver(tenure) && !claim.isVoid) {
      const { start, end } = this.#log.partition(at);
      const { next } = claim;
      if (next < start || next > end) {
        return this.#end(offsetOutOfRange({ ...at, offset: next }, { start, end }));
      }
      if (next === end) {
        await this.#untilAppend(tenure, at);
        continue;
      }
      const outcome = await this.#step(tenure, claim);
      if (outcome === 'void') return;
      if (outcome === 'fault') {
        await this.#backOff(attempt);
        attempt += 1;
      } else if (outcome === 'reacquire') {
        void this.#askAgain(tenure, claim);
        return;
      } else {
        claim.next = outcome;
        attempt = 1;
        // Without a turn of the event loop a busy log would starve everything else in the process.
        await nextTurn();
      }
    }
  }

  /** Hands out the next batch. The answer is the offset to go on from when it is done. */
  async #step(tenure: Tenure, claim: Claim): Promise<number | 'fault' | 'reacquire' | 'void'> {
    const { at, next } = claim;
    const isVoid = (): boolean => tenure.isVoid || claim.isVoid;
    const { end } = this.#log.partition(at);
    const range = { from: next, to: end, limit: this.#batchRecords };
    const { records, nextOffset } = this.#log.slice(at, range);
    if (records.length === 0) return nextOffset;
    const batch: RecordBatch = {
      ...at,
      records,
      nextOffset,
      logEnd: end,
      heartbeat: async () => {
        await nextTurn();
      },
      isOwned: () => !isVoid(),
    };
    const work = (async () => this.#handlers.onBatch(batch))();
    claim.work = work;
    tenure.inHand.add(work);
    try {
      const outcome = await work;
      // Whether a batch was finished after its assignment was void is not known: it comes again.
      if (isVoid()) return 'void';
      if (outcome === 'reacquire') return 'reacquire';
      this.#log.committed(this.#groupId).set(tpKey(at), nextOffset);
      return nextOffset;
    } catch (error) {
      if (isProgrammerFault(error)) this.#end(error);
      return isVoid() ? 'void' : 'fault';
    } finally {
      tenure.inHand.delete(work);
    }
  }

  #untilAppend(tenure: Tenure, at: TopicPartition): Promise<void> {
    return new Promise((resolve) => {
      const wakeUp = (): void => {
        tenure.wakeUps.delete(wakeUp);
        forget();
        resolve();
      };
      const forget = this.#log.onAppend(at, wakeUp);
      tenure.wakeUps.add(wakeUp);
    });
  }

  #end(error: unknown): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#tenure.isVoid = true;
    wakeAll(this.#tenure);
    void this.#run?.group.leave(this);
    this.#handlers.onFatal(error);
  }

  #isOver(tenure: Tenure): boolean {
    return tenure.isVoid || this.#isStopping;
  }

  get #handlers(): GroupHandlers {
    assert(this.#run !== undefined, 'a group reader is started before it is assigned anything');
    return this.#run.handlers;
  }

  get #groupId(): string {
    assert(this.#run !== undefined, 'a group reader is started before it commits anything');
    return this.#run.settings.groupId;
  }
}

function newTenure(): Tenure {
  return { isVoid: false, wakeUps: new Set(), inHand: new Set() };
}

function wakeAll(tenure: Tenure): void {
  for (const wakeUp of tenure.wakeUps) wakeUp();
}

/** Doubles from 10 ms, with a random half so that two members do not meet again and again. */
function backOffMs(attempt: number): number {
  const ceilingMs = Math.min(BACK_OFF_MS_MAX, 10 * 2 ** (attempt - 1));
  return ceilingMs / 2 + (ceilingMs / 2) * Math.random();
}
