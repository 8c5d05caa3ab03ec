import type { Mutant } from '../mutants/mutant.ts';

/** A guard of the runtime with the smallest fault that takes it away; the simulator has to notice. */
export interface GuardMutant extends Omit<Mutant, 'tests'> {
  /**
   * For a guard that only saves work, because another one stands behind it: what a run counts when it comes into
   * play. Without it the count stays at nothing.
   */
  readonly counted?: string;
}

const STORE = 'packages/memory/src/memory-state-store.ts';
const TOPOLOGY = 'services/scorer/src/topology.ts';
const RELAY = 'services/scorer/src/steps/relay.ts';
const OWNERSHIP = 'services/scorer/src/ownership.ts';
const FOLD = 'services/scorer/src/steps/fold.ts';
const START = 'services/scorer/src/start-scorer.ts';
const ENQUEUE = 'services/notifier/src/enqueue-tier-changes.ts';

export const GUARD_MUTANTS: readonly GuardMutant[] = [
  {
    guard: 'commit: only the owner writes',
    file: STORE,
    from: "if (shard.owner !== commit.owner) return 'fenced';",
    to: '',
  },
  {
    guard: 'commit: only at the stored offset',
    file: STORE,
    from: "if (shard.next !== commit.expectedNext) return 'offset';",
    to: '',
  },
  {
    guard: 'commit: its own repeat is told from a stranger',
    file: STORE,
    from: "if (shard.next === commit.next) return 'already';",
    to: '',
    counted: 'commit already',
  },
  {
    guard: 'acquire: what is not whole is folded anew',
    file: STORE,
    from: 'if (found.isPart) this.#shards.set(partition, emptyShard(found.counter));',
    to: 'found.isPart = false;',
  },
  {
    guard: 'commit: nothing on top of what is not whole',
    file: STORE,
    from: "if (shard.isPart) return 'offset';",
    to: '',
  },
  {
    guard: 'batch: given out twice, it is folded once',
    file: START,
    from: 'shard.inTurn(() => this.#score(shard, batch))',
    to: 'this.#score(shard, batch)',
  },
  {
    guard: 'trim: only the owner drops outputs',
    file: STORE,
    from: 'if (shard.owner !== trim.owner) return false;',
    to: '',
  },
  {
    guard: 'ownership: the owner is looked at again before a commit',
    file: TOPOLOGY,
    from: "await at('before-commit');\n      if (isOver(shard, batch)) return 'reacquire';",
    to: "await at('before-commit');",
  },
  {
    guard: 'heartbeat: after every commit',
    file: TOPOLOGY,
    from: 'await batch.heartbeat();',
    to: '',
  },
  {
    guard: 'start: where the store stands, not the broker',
    file: OWNERSHIP,
    from: 'starts.set(key, fault === null ? next : null);',
    to: 'if (fault !== null) starts.set(key, null);',
  },
  {
    guard: 'batch: what lies below the stored offset is folded already',
    file: TOPOLOGY,
    from: 'batch.records.filter(({ offset }) => offset >= shard.next)',
    to: 'batch.records',
  },
  {
    guard: 'cache: it ends with the ownership',
    file: OWNERSHIP,
    from: 'assertPartitionCount(shard, shard.ledger);\n    const place',
    to: `const kept = this as unknown as { caches?: Map<number, unknown> };
    kept.caches ??= new Map();
    if (kept.caches.has(partition)) Object.assign(shard, { cache: kept.caches.get(partition) });
    kept.caches.set(partition, shard.cache);
    const place`,
  },
  {
    guard: 'ownership: one that was overtaken while it read is no fault',
    file: START,
    from: "if (isFatal(error) && (await this.#isOvertaken(shard))) return 'reacquire';",
    to: '',
  },
  {
    guard: 'ownership: a silent partition is held against the store',
    file: 'services/scorer/src/shard-watch.ts',
    from: 'await this.#lookAtOwnership();',
    to: '',
  },
  {
    guard: 'relay: nothing is trimmed that was not acknowledged',
    file: RELAY,
    from: 'await this.#ports.outputWriter.send(records);',
    to: 'await this.#ports.outputWriter.send(records).catch(() => {});',
  },
  {
    guard: 'relay: what the topic holds is skipped',
    file: RELAY,
    from: "if (freshness === 'repeat') {",
    to: 'if (freshness === undefined) {',
  },
  {
    guard: 'relay: after a failed send the tails are read again',
    file: RELAY,
    from: 'this.#cursors = new WeakMap();\n        this.#ports',
    to: 'this.#ports',
  },
  {
    guard: 'ticker: a wait that a wrong clock made long ends',
    file: 'services/scorer/src/ticker.ts',
    from: 'if (notBeforeInMs > 0 && notBeforeInMs <= EARLY_MS_MAX) return notBeforeInMs;',
    to: 'if (notBeforeInMs > 0) return notBeforeInMs;',
  },
  {
    guard: 'hand-over: a number that came before changes nothing',
    file: 'packages/domain/src/hand-over.ts',
    from: 'return from.epoch < last.epoch || (from.epoch === last.epoch && from.number <= last.number);',
    to: 'return false;',
  },
  {
    guard: 'ingestor: positions move behind the append',
    file: 'services/ingestor/src/topology.ts',
    from: 'await appender.append(made);',
    to: 'void appender.append(made).catch(() => {});',
  },
  {
    guard: 'notifier: a number that came before is no news',
    file: 'services/notifier/src/steps/read-changes.ts',
    from: "if (freshness === 'repeat') {",
    to: 'if (freshness === undefined) {',
    counted: 'notifier_tier_changes repeat',
  },
  {
    guard: 'notifier: no position ahead of its jobs',
    file: ENQUEUE,
    from: 'const condition = { before, lastJobs: lastOfEach(read.jobs), notes };',
    to: 'const condition = undefined;',
  },
  {
    guard: 'notifier: a silent partition is held against the queue',
    file: 'services/notifier/src/start-notifier.ts',
    from: 'for (const regular of [watch, feeding, keeping]) regular.start();',
    to: 'for (const regular of [feeding, keeping]) regular.start();',
  },
  {
    guard: 'notifier: who takes no more has a backlog',
    file: ENQUEUE,
    from: 'if (await this.backlogs.store(id, partition, { place: from })) break;',
    to: 'break;',
  },
  {
    guard: 'notifier: a backlog is closed by who is where the common reader is',
    file: 'services/notifier/src/backlogs.ts',
    from: 'if (await this.#queue.storeNote(name, null, { before, at: { partition, position } })) {',
    to: 'if (await this.#queue.storeNote(name, null, { before })) {',
  },
  {
    guard: 'notifier: after a loss of the store what was pending is a backlog',
    file: ENQUEUE,
    from: 'await this.backlogs.store(id, partition, { place: { offset, number: null } });',
    to: '',
  },
  {
    guard: 'notifier: nothing is finished that is pending',
    file: 'services/notifier/src/watermarks.ts',
    from: 'const pending = oldest.get(endpoint) ?? position.offset;',
    to: 'const pending = position.offset;',
  },
  {
    guard: 'redrive: what is refused again keeps its letter',
    file: FOLD,
    from: 'const slip = redriveSlipOf(decoded.original.headers);',
    to: 'const slip = null;',
  },
  {
    guard: 'redrive: the letter of what was taken goes',
    file: FOLD,
    from: 'writeLetterServed(this.#outbox, slip);',
    to: '',
  },
  {
    guard: 'redrive: the letter of what was refused stays',
    file: FOLD,
    from: 'if (isTaken(result)) this.#taken(record, slip);',
    to: 'this.#taken(record, slip);',
  },
  {
    guard: 'redrive: a hand-over that comes again ends no letter',
    file: 'services/scorer/src/steps/fold.ts',
    from: "!notes.includes('repeated-hand-over') &&",
    to: '',
  },
  {
    guard: 'redrive: the slip goes on into the log',
    file: 'services/ingestor/src/ingest-record.ts',
    from: 'slip === null ? {} : redriveHeader(slip)',
    to: '{}',
  },
  {
    guard: 'redrive: what the gate refuses again keeps its letter',
    file: 'services/ingestor/src/steps/dead-letter.ts',
    from: 'letterStanding(fresh, to.slip, to.redrivesMax)',
    to: 'letterStanding(fresh, null, to.redrivesMax)',
  },
];
