import type { DeadLetterReason } from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import type { OpenedInput } from './open-input.ts';

/** A record of a file that became no event. */
export interface FileRefusal {
  readonly file: string;
  /** The record's number in its file, from 1; headers and blank lines do not count. */
  readonly record: number;
  readonly reason: DeadLetterReason;
  /** The field at fault, never its value. */
  readonly field: string | null;
  /** The record as it stands in the file, for the dead letter. */
  readonly raw: Uint8Array;
  /** The columns of its file by their place, so that the record can be read again by itself; null where it is JSON. */
  readonly columns: readonly string[] | null;
}

/** Every record of a file ends in exactly one of these calls. */
export interface FormatSink {
  /** The record became these events. */
  events(events: readonly CustomerEvent[]): void;
  /** The record is a part of an event, as a payment is of its order. */
  part(): void;
  /** The map leaves records of this kind out, and says why. */
  skip(reason: string): void;
  refuse(refusal: FileRefusal): void;
}

export interface FormatInput {
  /** The file, or the folder for formats of several files. */
  readonly path: string;
  /** Opens one file as a stream of its unpacked bytes. */
  readonly open: (path: string) => Promise<OpenedInput>;
  /** The zone of instants that have none; null for what the map says, or UTC. */
  readonly timeZone: string | null;
}

/** How one kind of file becomes intake events. */
export interface FileFormat {
  readonly name: string;
  /** The currency of every amount in the file; null where the records name their own. */
  readonly currency: string | null;
  /** Ids that are places in a file need one with a name. */
  readonly readsStdin: boolean;
  /** The files that will be read, for the time left. */
  readonly files: (path: string) => Promise<readonly string[]>;
  readonly read: (input: FormatInput, sink: FormatSink) => Promise<void>;
}
