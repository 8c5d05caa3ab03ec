import {
  type CustomerState,
  type Instant,
  type LogRecord,
  linkIdOf,
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
  readonly #asked = new Map<string, Pick<MergeAsked, 'otherId' | 'reason' | 'actor'>>();

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
    if ('event' in record && record.event.type === 'link') {
      const { linkedId: otherId, source, reason = 'link', actor = source } = record.event;
      this.#asked.set(linkIdOf(record.event), { otherId, reason, actor });
    }
    // One that is busy is asked again: only what a letter was written for has come to nothing.
    if (record.kind === 'link-ended' && record.reason !== null && outputs.length > 0) {
      this.refused.set(record.id, { reason: record.reason, by: 'other' });
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
