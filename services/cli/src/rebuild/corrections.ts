import {
  TOPICS,
  tierChangeEvent,
  tierChangeHeaders,
  tierChangeToWire,
  tierSnapshotToWire,
} from '@strata/contracts';
import {
  type CustomerState,
  correctionOf,
  decidingPolicy,
  FOLD_VERSION,
  type PartitionState,
  type TierChange,
} from '@strata/domain';
import {
  OUTPUT_NUMBER_HEADER,
  type OutgoingRecord,
  RELAY_NOTE_HEADER,
  relayNoteBytes,
} from '@strata/pipeline';
import { tierSnapshotOf } from '@strata/scorer';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { PublishedTier } from './read-published.ts';

/** What a new epoch begins with: where its record lies, and by what it counts. */
export interface EpochStart {
  readonly partition: number;
  /** The epoch of the corrections themselves; what comes after has the next one. */
  readonly epoch: number;
  /** Of the record that says so. */
  readonly offset: number;
  readonly customerSeqBase: number;
  readonly state: PartitionState;
}

/** Writes the corrections of one partition, numbered from 1. */
export class Corrections {
  readonly #stack: Pick<StackHandle, 'serdes'>;
  readonly #start: EpochStart;
  #seq = 0;

  constructor(stack: Pick<StackHandle, 'serdes'>, start: EpochStart) {
    this.#stack = stack;
    this.#start = start;
  }

  get count(): number {
    return this.#seq;
  }

  /** The records that tell the difference between what was published of a customer and what it is; none for no difference. */
  of(
    customerId: string,
    state: CustomerState,
    published: PublishedTier | null,
  ): readonly OutgoingRecord[] {
    const { partition, offset, customerSeqBase, state: whole } = this.#start;
    const seq = state.seq + customerSeqBase;
    const id = `${partition}.${offset}.${this.#seq}`;
    const told = { id, ref: `${partition}:${offset}`, seq };
    const change = correctionOf(whole, { customerId, state, published }, told);
    if (change === null) return [];
    this.#seq += 1;
    return this.#records(change, state);
  }

  #records(change: TierChange, { standing }: CustomerState): readonly OutgoingRecord[] {
    const { serdes } = this.#stack;
    const { partition, epoch, state } = this.#start;
    const number = { epoch, seq: this.#seq };
    const key = new TextEncoder().encode(change.customerId);
    const event = tierChangeEvent(change, { partition, ...number }, decidingPolicy(state, change));
    // The positions of an outbox that is built anew say nothing of what was published before.
    const note = relayNoteBytes({ foldVersion: FOLD_VERSION, published: 0 });
    const numbered = new TextEncoder().encode(`${epoch}.${this.#seq}`);
    return [
      {
        topic: TOPICS.tierChanges,
        partition,
        key,
        value: serdes.tierChanges.encode(tierChangeToWire(event)),
        headers: { ...tierChangeHeaders(event), [RELAY_NOTE_HEADER]: note },
      },
      {
        topic: TOPICS.tiers,
        partition,
        key,
        value: serdes.tiers.encode(tierSnapshotToWire(tierSnapshotOf(change, standing, number))),
        headers: { [OUTPUT_NUMBER_HEADER]: numbered, [RELAY_NOTE_HEADER]: note },
      },
    ];
  }
}
