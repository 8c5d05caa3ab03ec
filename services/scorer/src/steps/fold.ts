import {
  type RedriveSlip,
  redriveSlipOf,
  tellableSource,
  traceIdOf,
  traceparentOf,
} from '@strata/contracts';
import type {
  CauseKind,
  CustomerState,
  EpochBegan,
  FoldResult,
  LogRecord,
  Output,
  PartitionState,
} from '@strata/domain';
import type { OutboxEntry, TopicRecord } from '@strata/pipeline';
import type { LastFolded, ShardLedger } from '@strata/shard-state';
import { advanceDecisionHash } from '../decision-hash.ts';
import { lastFoldedOf } from '../log-continuity.ts';
import { OutboxDraft } from '../outbox-draft.ts';
import { scorerFault } from '../scorer-fault.ts';
import type { ScorerPorts } from '../scorer-ports.ts';
import type { Shard } from '../shard.ts';
import type { DecodedRecord } from './decode.ts';
import { eventIn, type LetterLabels } from './letter-labels.ts';
import {
  type Refusal,
  writeDeadLetter,
  writeHandOver,
  writeLetterServed,
  writeRetired,
  writeTierChange,
} from './write-outputs.ts';

/** All that one commit will write. Nothing of the shard is touched before the store has said yes. */
export interface Draft {
  /** Of the decoded records, how many are in it. */
  readonly recordCount: number;
  readonly state: PartitionState;
  readonly ledger: ShardLedger;
  readonly customers: FoldResult['customers'];
  /** Those of them that are stored already, as they are stored. */
  readonly loaded: ReadonlyMap<string, CustomerState>;
  readonly due: ReadonlyMap<string, number | null>;
  readonly outbox: readonly OutboxEntry[];
  readonly ticked: readonly string[];
  readonly hasSweep: boolean;
  readonly counts: DraftCounts;
}

export interface DraftCounts {
  readonly records: Map<string, number>;
  readonly notes: Map<string, number>;
  readonly tierChanges: Map<string, number>;
  /** By the labels of `LetterLabels`. */
  readonly deadLetters: Map<string, number>;
  /** Redriven records, by what became of their letters. */
  readonly redrives: Map<string, number>;
}

interface LetterRules {
  readonly redrivesMax: number;
  readonly labels: LetterLabels;
}

/** Causes that are a record's own doing. */
const FOLLOWED: ReadonlySet<CauseKind> = new Set(['event', 'correction', 'override', 'merge']);

type FoldPorts = Pick<ScorerPorts, 'fold' | 'serde' | 'seal' | 'markerOf' | 'clock' | 'logger'>;

/**
 * Folds the records one after the other, in memory: a customer's second record sees what its first one did. Ends
 * early, never before the first record, when it has taken as long as a commit may.
 */
export function foldRecords(
  shard: Shard,
  work: {
    decoded: readonly DecodedRecord[];
    loaded: ReadonlyMap<string, CustomerState>;
    commitMsMax: number;
  } & LetterRules,
  ports: FoldPorts,
): Draft {
  const folding = new Folding(shard, work, ports);
  const startedMs = ports.clock.nowMs();
  let recordCount = 0;
  for (const decoded of work.decoded) {
    if (recordCount > 0 && ports.clock.nowMs() - startedMs > work.commitMsMax) break;
    folding.take(decoded);
    recordCount += 1;
  }
  return folding.draft(recordCount);
}

class Folding {
  readonly #ports: FoldPorts;
  readonly #partition: number;
  readonly #ledger: ShardLedger;
  readonly #loaded: ReadonlyMap<string, CustomerState>;
  readonly #letters: LetterRules;
  readonly #changed = new Map<string, CustomerState | null>();
  readonly #due = new Map<string, number | null>();
  readonly #outbox: OutboxDraft;
  readonly #ticked: string[] = [];
  readonly #counts: DraftCounts = {
    records: new Map(),
    notes: new Map(),
    tierChanges: new Map(),
    deadLetters: new Map(),
    redrives: new Map(),
  };
  #state: PartitionState;
  #hash: string;
  #partitions: number | null;
  #customerSeqBase: number;
  #last: TopicRecord | null = null;
  #hasSweep = false;

  constructor(
    shard: Shard,
    { loaded, ...letters }: LetterRules & { readonly loaded: ReadonlyMap<string, CustomerState> },
    ports: FoldPorts,
  ) {
    this.#ports = ports;
    this.#letters = letters;
    this.#partition = shard.partition;
    this.#ledger = shard.ledger;
    this.#loaded = loaded;
    this.#outbox = new OutboxDraft(shard.ledger);
    this.#state = shard.state;
    this.#hash = shard.ledger.decisionHash;
    this.#partitions = shard.ledger.partitions;
    this.#customerSeqBase = shard.ledger.customerSeqBase;
  }

  take(decoded: DecodedRecord): void {
    const { content, at, original } = decoded;
    this.#last = original;
    if (content.kind === 'poison') {
      count(this.#counts.records, 'poison');
      const id = `${at.partition}.${at.offset}.0`;
      const { reason, detail } = content;
      this.#refuse({ id, reason, detail, source: null, type: null }, decoded);
      return;
    }
    const { record } = content;
    count(this.#counts.records, record.kind);
    this.#remember(record);
    const result = this.#fold(decoded, record, content.customers);
    this.#state = result.partition;
    for (const [customerId, state] of result.customers) this.#changed.set(customerId, state);
    for (const [customerId, dueAt] of result.dueAt) this.#due.set(customerId, dueAt);
    for (const note of result.notes) count(this.#counts.notes, note);
    const slip = redriveSlipOf(original.headers);
    for (const handOver of result.handOvers) {
      const { serde } = this.#ports;
      writeHandOver(this.#outbox, handOver, {
        partition: this.#partition,
        serde,
        slip,
        headers: original.headers,
      });
    }
    if (isTaken(result)) this.#taken(record, slip);
    for (const output of result.outputs) this.#output(output, record, decoded);
  }

  #output(output: Output, record: LogRecord, decoded: DecodedRecord): void {
    if (output.kind === 'dead-letter') {
      const { id, reason, detail } = output;
      const event = eventIn(record);
      const source = event === null ? null : tellableSource({ ...event });
      this.#refuse({ id, reason, detail, source, type: event?.type ?? record.kind }, decoded);
      return;
    }
    this.#hash = advanceDecisionHash(this.#hash, output);
    if (output.kind === 'retired') {
      writeRetired(this.#outbox, output);
      return;
    }
    count(this.#counts.tierChanges, `${output.type} ${output.cause.kind}`);
    // What time, a policy or a calibration brings about is told of no record, whatever record it is settled before.
    const isFollowed = FOLLOWED.has(output.cause.kind);
    if (isFollowed) this.#tell(output.id, decoded.original);
    const customerSeq = output.customerSeq + this.#customerSeqBase;
    writeTierChange(
      this.#outbox,
      { ...output, customerSeq },
      {
        partition: this.#partition,
        state: this.#state,
        standing: this.#customer(output.customerId)?.standing ?? null,
        serde: this.#ports.serde,
        headers: isFollowed ? decoded.original.headers : null,
      },
    );
  }

  /** Only who is followed is told of, and only to who looks closely. A commit that fails tells it again. */
  #tell(id: string, { topic, partition, offset, headers }: TopicRecord): void {
    const traceparent = traceparentOf(headers);
    if (traceparent === null) return;
    const fields = { topic, partition, offset, id, traceId: traceIdOf(traceparent) };
    this.#ports.logger.debug(fields, 'A record brought about a tier change');
  }

  draft(recordCount: number): Draft {
    return {
      recordCount,
      state: this.#state,
      ledger: {
        epoch: this.#outbox.epoch,
        customerSeqBase: this.#customerSeqBase,
        position: this.#outbox.position,
        seqs: this.#outbox.seqs,
        decisionHash: this.#hash,
        partitions: this.#partitions,
        foldVersion: this.#ledger.foldVersion,
        lastFolded: this.#lastFolded(),
      },
      customers: this.#changed,
      loaded: this.#loaded,
      due: this.#due,
      outbox: this.#outbox.entries,
      ticked: this.#ticked,
      hasSweep: this.#hasSweep,
      counts: this.#counts,
    };
  }

  #lastFolded(): LastFolded | null {
    return this.#last === null ? this.#ledger.lastFolded : lastFoldedOf(this.#last);
  }

  #customer(customerId: string): CustomerState | undefined {
    const changed = this.#changed.get(customerId);
    return changed === null ? undefined : (changed ?? this.#loaded.get(customerId));
  }

  #fold(decoded: DecodedRecord, record: LogRecord, named: readonly string[]): FoldResult {
    const customers = new Map<string, CustomerState>();
    for (const customerId of named) {
      const state = this.#customer(customerId);
      if (state !== undefined) customers.set(customerId, state);
    }
    try {
      const { markerOf } = this.#ports;
      return this.#ports.fold({
        partition: this.#state,
        customers,
        record,
        at: decoded.at,
        markerOf,
      });
    } catch (cause) {
      const { partition, offset } = decoded.at;
      throw scorerFault(
        'STRATA_SCORER_FOLD_FAILED',
        `The fold failed on partition ${partition} offset ${offset} of ${decoded.original.topic}: ` +
          `${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
        { cause, details: { partition, offset } },
      );
    }
  }

  /** Its effect has come about, now or before: the letter of a redriven one has served. */
  #taken(record: LogRecord, slip: RedriveSlip | null): void {
    this.#letters.labels.learn(record);
    if (slip === null) return;
    count(this.#counts.redrives, 'taken');
    writeLetterServed(this.#outbox, slip);
  }

  #refuse(refusal: Omit<Refusal, 'slip'>, decoded: DecodedRecord): void {
    const { id, reason } = refusal;
    const { labels, redrivesMax } = this.#letters;
    // By the fold's own id: what was redriven, and how often, is no part of what was decided.
    this.#hash = advanceDecisionHash(this.#hash, { kind: 'dead-letter', id, reason });
    const slip = redriveSlipOf(decoded.original.headers);
    const letter = { ...refusal, slip };
    count(this.#counts.deadLetters, labels.of(letter, decoded));
    const state = writeDeadLetter(this.#outbox, letter, {
      decoded,
      ports: this.#ports,
      redrivesMax,
    });
    if (slip !== null) count(this.#counts.redrives, state === 'open' ? 'refused' : state);
  }

  /** A second record of the same epoch, or one of an earlier, begins nothing. */
  #beginEpoch({ epoch, customerSeqBase }: EpochBegan): void {
    if (epoch <= this.#outbox.epoch) return;
    this.#outbox.beginEpoch(epoch);
    this.#customerSeqBase = customerSeqBase;
  }

  #remember(record: LogRecord): void {
    if (record.kind === 'epoch-began') this.#beginEpoch(record);
    if (record.kind === 'stack-opened') this.#partitions ??= record.partitions;
    if (record.kind === 'tick') this.#ticked.push(...record.customerIds);
    if (record.kind === 'sweep') this.#hasSweep = true;
  }
}

/**
 * Neither refused nor handed on to the survivor of a merge, who then takes or refuses it. What was handed on and comes
 * again says nothing: it may have been refused the first time.
 */
export function isTaken({ outputs, handOvers, notes }: FoldResult): boolean {
  return (
    !notes.includes('repeated-hand-over') &&
    outputs.every(({ kind }) => kind !== 'dead-letter') &&
    handOvers.every(({ content }) => content.kind !== 'forwarded')
  );
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
