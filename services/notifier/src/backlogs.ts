import type { DeliveryJob, DeliveryPosition, DeliveryQueue, OutputNumber } from '@strata/pipeline';

/** Where somebody reads on: the next offset, and the number of the last record before it, if that is known. */
export interface ReadingPlace {
  readonly offset: number;
  readonly number: OutputNumber | null;
}

const PREFIX = 'backlog:';

/**
 * What an endpoint has yet to be given from the topic. An endpoint that is paused, or has as much pending as the queue
 * should hold, is passed over by the common reader, and its place in the partition is noted here; the backlog is fed to
 * it when it takes more. So nothing that waits for one endpoint fills the queue's store or stops the others.
 */
export class Backlogs {
  readonly #queue: Pick<DeliveryQueue, 'notes' | 'storeNote'>;
  /** By note, as the store has it. */
  readonly #notes = new Map<string, string>();

  constructor(queue: Pick<DeliveryQueue, 'notes' | 'storeNote'>) {
    this.#queue = queue;
  }

  /** Reads what is stored of the partitions; what was known of them before is void. */
  async load(partitions: readonly number[]): Promise<void> {
    const notes = await this.#queue.notes();
    for (const name of this.#notes.keys()) {
      if (partitions.includes(partitionOf(name))) this.#notes.delete(name);
    }
    for (const [name, note] of notes) {
      if (name.startsWith(PREFIX) && partitions.includes(partitionOf(name))) {
        this.#notes.set(name, note);
      }
    }
  }

  /**
   * Partitions of which the store says something else than this process knows: it went back in time, or another owner
   * was at work. What was fed meanwhile may be gone with it.
   */
  async stale(partitions: readonly number[]): Promise<readonly number[]> {
    const stored = await this.#queue.notes();
    const names = new Set([...stored.keys(), ...this.#notes.keys()]);
    const stale = [...names]
      .filter((name) => name.startsWith(PREFIX) && stored.get(name) !== this.#notes.get(name))
      .map(partitionOf);
    return partitions.filter((partition) => stale.includes(partition));
  }

  forgetAll(): void {
    this.#notes.clear();
  }

  of(endpoint: string, partition: number): ReadingPlace | null {
    return backlogIn(this.#notes, endpoint, partition);
  }

  /** The notes of a partition: as long as they stand, nothing before its position is forgotten. */
  notesOf(partition: number): ReadonlyMap<string, string> {
    return new Map([...this.#notes].filter(([name]) => partitionOf(name) === partition));
  }

  /** Endpoints that have one in the partition. */
  endpointsOf(partition: number): readonly string[] {
    return [...this.#notes.keys()].flatMap((name) =>
      partitionOf(name) === partition ? [endpointOf(name)] : [],
    );
  }

  /** It has come up to the common reader, who stands at `position`; one who stands elsewhere by now is refused. */
  async close(endpoint: string, partition: number, position: DeliveryPosition): Promise<void> {
    const name = nameOf(endpoint, partition);
    const before = this.#notes.get(name) ?? null;
    if (await this.#queue.storeNote(name, null, { before, at: { partition, position } })) {
      this.#notes.delete(name);
    } else {
      await this.load([partition]);
    }
  }

  /**
   * False where somebody else has moved it, or the queue has lost what stands for the new place: what is stored is known
   * afterwards.
   */
  async store(
    endpoint: string,
    partition: number,
    to: { readonly place: ReadingPlace | null; readonly lastJobs?: readonly DeliveryJob[] },
  ): Promise<boolean> {
    const { place, lastJobs = [] } = to;
    const name = nameOf(endpoint, partition);
    const before = this.#notes.get(name) ?? null;
    const note = place === null ? null : textOf(place);
    if (!(await this.#queue.storeNote(name, note, { before, lastJobs }))) {
      await this.load([partition]);
      return false;
    }
    if (note === null) this.#notes.delete(name);
    else this.#notes.set(name, note);
    return true;
  }
}

/** The backlog of an endpoint among notes of the store. */
export function backlogIn(
  notes: ReadonlyMap<string, string>,
  endpoint: string,
  partition: number,
): ReadingPlace | null {
  const note = notes.get(nameOf(endpoint, partition));
  return note === undefined ? null : (JSON.parse(note) as ReadingPlace);
}

function nameOf(endpoint: string, partition: number): string {
  return `${PREFIX}${endpoint}:${partition}`;
}

function endpointOf(name: string): string {
  return name.slice(PREFIX.length, name.lastIndexOf(':'));
}

function partitionOf(name: string): number {
  return Number(name.slice(name.lastIndexOf(':') + 1));
}

/** Compared as text by the store, so it is written in one way only. */
function textOf({ offset, number }: ReadingPlace): string {
  const plain = number === null ? null : { epoch: number.epoch, seq: number.seq };
  return JSON.stringify({ offset, number: plain });
}
