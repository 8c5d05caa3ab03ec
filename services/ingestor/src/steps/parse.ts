import {
  ContractFault,
  type InstantForm,
  intakeWireToRaw,
  isDeadLetterReason,
  parseStrictJson,
  type WireRecord,
} from '@strata/contracts';
import { type Serde, SerdeFault, type TopicRecord } from '@strata/pipeline';
import { isFramed, schemaIdOf } from '@strata/schema-registry';
import { type Refused, refused } from '../outcome.ts';

/** A record as an object, with its instants still as the form wrote them. */
export interface Parsed {
  readonly kind: 'parsed';
  readonly raw: Readonly<Record<string, unknown>>;
  readonly instants: InstantForm;
  readonly schemaId: number | null;
}

/** Bytes to an object: Avro in Confluent's framing, or JSON. */
export function parse(
  record: TopicRecord,
  serde: Serde<WireRecord>,
  recordBytesMax: number,
): Parsed | Refused {
  const { value } = record;
  if (value === null || value.length === 0) return refused('empty-record');
  const form = formOf(value, record.headers['content-type']);
  const isAvro = form === 'avro';
  const schemaId = isAvro ? schemaIdOf(value) : null;
  if (form === 'neither' || (isAvro && schemaId === null)) return refused('bad-framing');
  if (value.length > recordBytesMax) return refused('too-large', { schemaId });
  try {
    if (!isAvro) {
      const raw = parseStrictJson(value, recordBytesMax);
      return { kind: 'parsed', raw, instants: 'rfc3339', schemaId };
    }
    const raw = intakeWireToRaw(serde.decode(value));
    return { kind: 'parsed', raw, instants: 'epoch-ms', schemaId };
  } catch (error) {
    if (error instanceof ContractFault) {
      return refused(error.reason, { field: error.field, schemaId });
    }
    if (error instanceof SerdeFault && isDeadLetterReason(error.reason)) {
      return refused(error.reason, { schemaId });
    }
    throw error;
  }
}

const LATIN = new TextDecoder('latin1');
const BLANKS: readonly number[] = [0x09, 0x0a, 0x0d, 0x20];

/**
 * The header decides where it names one of the two; else the first byte does: 0 never begins JSON,
 * nor does any other character that cannot be seen, but for blanks.
 */
function formOf(
  value: Uint8Array,
  contentType: Uint8Array | undefined,
): 'avro' | 'json' | 'neither' {
  const name = contentType === undefined ? '' : LATIN.decode(contentType).toLowerCase();
  if (name.includes('avro')) return 'avro';
  if (name.includes('json')) return 'json';
  if (isFramed(value)) return 'avro';
  const [first = 0] = value;
  return first < 0x20 && !BLANKS.includes(first) ? 'neither' : 'json';
}
