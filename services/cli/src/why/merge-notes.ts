import {
  type CustomerState,
  type Instant,
  type LogRecord,
  MERGE_REFUSALS,
  type MergeAsked,
  type MergeRefusal,
  type Output,
} from '@strata/domain';

/** A merge by which somebody became part of the customer. */
export interface MergeStory {
  readonly otherId: string;
  /** The clock of the customer then. */
  readonly at: Instant;
  readonly reason: string;
  readonly actor: string;
}

export interface RefusedMerge {
  readonly reason: MergeRefusal;
  /** Which of the two could take no part. */
  readonly by: 'survivor' | 'other';
}

/** What the replay of a customer meets of merges that it was to survive. */
export class MergeNotes {
  /** By the log offset of the record that completed each. */
  readonly stories = new Map<number, MergeStory>();
  /** By the id of the merge. */
  readonly refused = new Map<string, RefusedMerge>();
  readonly #asked = new Map<string, MergeAsked>();

  note(step: {
    readonly record: LogRecord;
    readonly offset: number;
    /** After the record. */
    readonly state: CustomerState | null;
    readonly outputs: readonly Output[];
  }): void {
    const { record, offset, state, outputs } = step;
    if (record.kind === 'merge-asked') {
      const refusal = outputs.find((it) => it.kind === 'dead-letter')?.reason;
      const reason = MERGE_REFUSALS.find((it) => it === refusal);
      if (reason === undefined) this.#asked.set(record.id, record);
      else this.refused.set(record.id, { reason, by: 'survivor' });
    }
    if (record.kind === 'merge-refused') {
      this.refused.set(record.id, { reason: record.reason, by: 'other' });
    }
    if (record.kind !== 'merge-handed') return;
    const done = state?.absorbed?.find(({ mergeId }) => mergeId === record.id);
    const asked = this.#asked.get(record.id);
    if (done === undefined || asked === undefined) return;
    const { otherId, reason, actor } = asked;
    this.stories.set(offset, { otherId, at: done.at, reason, actor });
  }
}
