import type { CustomerState, Instant } from '@strata/domain';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * A part of the state that few customers have. Who does not have it pays nothing for it: an empty section is not
 * written. Instants are told from `clock`, strings share the references of the whole value.
 */
export interface CustomerSection {
  /** From 1; never given to anything else, also when the section is gone. */
  readonly id: number;
  isEmpty(state: CustomerState): boolean;
  write(writer: ByteWriter, state: CustomerState, clock: Instant): void;
  /** Adds what was stored to the state that was read so far. */
  read(reader: ByteReader, state: CustomerState, clock: Instant): CustomerState;
}
