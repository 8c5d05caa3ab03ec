import type { Readable } from 'node:stream';
import type { DeadLetterReason } from '@strata/contracts';
import { type CustomerEvent, type Hash64, hash64 } from '@strata/domain';
import { UsageFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import type { FileFormat, FileRefusal } from './file-format.ts';
import { formatTexts } from './format-texts.ts';
import { openInput, STDIN_PATH } from './open-input.ts';

/** How the records of a file ended. records = asEvents + asParts + skipped + refused. */
export interface FileCounts {
  readonly records: number;
  readonly asEvents: number;
  /** Records that are part of another record's event. */
  readonly asParts: number;
  /** Records that the map leaves out. */
  readonly skipped: number;
  readonly skippedByReason: ReadonlyMap<string, number>;
  readonly refused: number;
  readonly refusedByReason: ReadonlyMap<DeadLetterReason, number>;
  /** Events whose (source, eventId) stood in the file before: dropped. */
  readonly repeats: number;
}

export interface LoadedFile {
  /** In the order of (occurredAt, place in the file). */
  readonly events: readonly CustomerEvent[];
  readonly refusals: readonly FileRefusal[];
  readonly counts: FileCounts;
}

export interface LoadOptions {
  readonly path: string;
  readonly format: FileFormat;
  /** Null for what the map says, or UTC. */
  readonly timeZone: string | null;
  readonly language: Language;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
  /** Told of each record when it ends. */
  readonly onRecord: () => void;
}

/**
 * Reads a whole file into memory: files are sorted by whatever their owner liked, and a fold wants event time. A repeat is
 * dropped in the order of the file, so that the first one counts, and the sort is stable.
 */
export async function loadEvents(options: LoadOptions): Promise<LoadedFile> {
  const { path, format, language, timeZone } = options;
  if (path === STDIN_PATH && !format.readsStdin) {
    throw new UsageFault(formatTexts(language).noStdin(format.name));
  }
  const collector = new EventCollector(options.onRecord);
  const open = (file: string) => openInput(file, options);
  await format.read({ path, open, timeZone }, collector);
  return collector.finish();
}

/** Takes events in the order in which they lie somewhere, each once. */
export class EventCollector {
  readonly #events: CustomerEvent[] = [];
  readonly #refusals: FileRefusal[] = [];
  readonly #seen = new Set<Hash64>();
  readonly #onRecord: () => void;
  #asEvents = 0;
  readonly #skipped = new Map<string, number>();
  #asParts = 0;
  #repeats = 0;

  constructor(onRecord: () => void) {
    this.#onRecord = onRecord;
  }

  events(events: readonly CustomerEvent[]): void {
    this.#asEvents++;
    for (const event of events) {
      const known = this.#seen.size;
      this.#seen.add(hash64(event.source, event.eventId));
      if (this.#seen.size === known) this.#repeats++;
      else this.#events.push(event);
    }
    this.#onRecord();
  }

  part(): void {
    this.#asParts++;
    this.#onRecord();
  }

  skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    this.#onRecord();
  }

  refuse(refusal: FileRefusal): void {
    this.#refusals.push(refusal);
    this.#onRecord();
  }

  finish(): LoadedFile {
    const refusedByReason = new Map<DeadLetterReason, number>();
    for (const { reason } of this.#refusals) {
      refusedByReason.set(reason, (refusedByReason.get(reason) ?? 0) + 1);
    }
    const refused = this.#refusals.length;
    const skipped = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
    return {
      events: this.#events.sort((a, b) => a.occurredAt - b.occurredAt),
      refusals: this.#refusals,
      counts: {
        records: this.#asEvents + this.#asParts + skipped + refused,
        asEvents: this.#asEvents,
        asParts: this.#asParts,
        skipped,
        skippedByReason: this.#skipped,
        refused,
        refusedByReason,
        repeats: this.#repeats,
      },
    };
  }
}
