import {
  activeSet,
  type CustomerState,
  LEDGER_LISTS,
  type PartitionState,
  type PolicySet,
} from '@strata/domain';
import { PartitionEnd } from '@strata/pipeline';
import type { ShardLedger } from '@strata/shard-state';
import { CustomerCache } from './customer-cache.ts';
import { OutboxAge } from './outbox-age.ts';

/**
 * One owned partition, from one acquisition to its loss. It is never reused: a new acquisition makes a new shard, so
 * that nothing remembered under a lost ownership can leak into the next.
 */
export class Shard {
  readonly partition: number;
  readonly owner: string;
  readonly cache: CustomerCache<CustomerState>;
  /** Offset of the next record to fold, as committed. */
  next: number;
  state: PartitionState;
  ledger: ShardLedger;
  /** End of the log as last seen, whenever that was; `end` says how it stands now. */
  logEnd: number;
  readonly end = new PartitionEnd();
  readonly outboxAge = new OutboxAge();
  /** Broker's time of the first record in hand that is not folded; null where none is in hand. */
  inHandSinceMs: number | null = null;
  /** Wall time of the last commit, or of the acquisition. */
  lastCommitMs: number;
  outboxDepth: number;
  /** Where the log ended when the partition was taken: folded to there, it has caught up. */
  readonly catchUpTo: number;
  /** Where the partition was taken, and up to where it is folded for the second time; null for not at all. */
  readonly rebuilding: { readonly from: number; readonly to: number } | null;
  /** What the store held was not whole, and is gone. */
  readonly wasPart: boolean;
  /** Partitions of the customer log when the partition was taken. */
  readonly partitionCount: number;
  /** Earliest instant in the due index, as far as known; null for never. */
  earliestDue: number | null;
  /** Named in ticks that were appended and not folded yet. */
  readonly ticking = new Set<string>();
  /** Numbers of the last publications that were appended here, folded yet or not; 0 for none. */
  readonly sent = { 'policy-activated': 0, calibrated: 0 };
  /** A sweep was appended and not folded yet. */
  isSweeping = false;
  /** Number of the last table of rates that was appended here, folded yet or not; 0 for none. */
  ratesSent = 0;
  isLost = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(taken: {
    partition: number;
    owner: string;
    next: number;
    state: PartitionState;
    ledger: ShardLedger;
    logEnd: number;
    rebuildTo: number | null;
    wasPart: boolean;
    partitionCount: number;
    outboxDepth: number;
    earliestDue: number | null;
    hotEntriesMax: number;
    nowMs: number;
  }) {
    this.partition = taken.partition;
    this.owner = taken.owner;
    this.next = taken.next;
    this.state = taken.state;
    this.ledger = taken.ledger;
    this.logEnd = taken.logEnd;
    this.end.saw(taken.logEnd, taken.nowMs);
    this.lastCommitMs = taken.nowMs;
    // Since when it waits the store does not say; from now on it is known to.
    if (taken.outboxDepth > 0) this.outboxAge.added(taken.ledger.position, taken.nowMs);
    this.outboxDepth = taken.outboxDepth;
    this.earliestDue = taken.earliestDue;
    this.wasPart = taken.wasPart;
    this.partitionCount = taken.partitionCount;
    this.catchUpTo = taken.logEnd;
    this.rebuilding = taken.rebuildTo === null ? null : { from: taken.next, to: taken.rebuildTo };
    this.cache = new CustomerCache(taken.hotEntriesMax, entriesOf);
  }

  /** One batch at a time: a reader that finds its feet again may give out a second one while the first is in hand. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn;
    return turn;
  }

  sawLogEnd(logEnd: number, nowMs: number): void {
    this.logEnd = Math.max(this.logEnd, logEnd);
    this.end.saw(this.logEnd, nowMs);
  }

  get hasCaughtUp(): boolean {
    return this.next >= this.catchUpTo;
  }

  /** Records left of what is folded for the second time, because the store has lost it or went back; 0 for none. */
  get rebuildLeft(): number {
    return this.rebuilding === null ? 0 : Math.max(0, this.rebuilding.to - this.next);
  }

  get lag(): number {
    return Math.max(0, this.logEnd - this.next);
  }

  get activeSet(): PolicySet | null {
    return activeSet(this.state);
  }

  /** How far customers count as due: the partition's own clock in data time, wall time (a hint) otherwise. */
  dueHorizon(wallNowMs: number): number {
    return this.state.time === 'data' ? this.state.clock : wallNowMs;
  }
}

/** What a decoded customer takes, with one for itself. */
function entriesOf({ ledger }: CustomerState): number {
  let entries = 1;
  for (const name of LEDGER_LISTS) entries += ledger[name].length;
  return entries;
}
