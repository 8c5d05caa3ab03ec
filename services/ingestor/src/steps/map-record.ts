import { ContractFault, type JsonObject, parseSourceJson } from '@strata/contracts';
import type { TopicRecord } from '@strata/pipeline';
import type { Draft, RowMapper } from '@strata/source-map';
import { type Refused, refused } from '../outcome.ts';

/** The objects for the contract that a record of another system's topic becomes. */
export interface Mapped {
  readonly kind: 'mapped';
  readonly drafts: readonly Draft[];
}

/** A record that its map leaves out. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly reason: string;
}

/** JSON of any shape to objects of the contract, by the map of its topic. */
export function mapRecord(
  { topic, partition, offset, value }: TopicRecord,
  mapper: RowMapper,
  recordBytesMax: number,
): Mapped | Skipped | Refused {
  if (value === null || value.length === 0) return refused('empty-record');
  const content = parsed(value, recordBytesMax);
  if (content instanceof ContractFault) return refused(content.reason, { field: content.field });
  const row = { content, origin: topic, record: `${partition}-${offset}`, raw: value };
  const mapped = mapper.apply(row);
  switch (mapped.kind) {
    case 'events':
      return { kind: 'mapped', drafts: mapped.drafts };
    case 'refused':
      return refused(mapped.reason, { field: mapped.field });
    case 'skipped':
      return mapped;
    case 'kept':
      // A map of a topic keeps nothing: its check says so.
      return refused('unmapped-row');
  }
}

function parsed(value: Uint8Array, recordBytesMax: number): JsonObject | ContractFault {
  try {
    return parseSourceJson(value, recordBytesMax);
  } catch (error) {
    if (error instanceof ContractFault) return error;
    throw error;
  }
}
