import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import { ROOT } from '../bench-backends.ts';

/** A zero byte and the schema's id stand before each value. */
const FRAME_BYTES = 5;
const WARM_UP_SHARE = 0.25;

/** Records a second in one thread, of the same framed purchase again and again. */
export function bareAvro(way: 'decode' | 'encode', framed: Uint8Array, records: number): number {
  const path = join(ROOT, 'schemas/strata.customer-log.v1/purchase.v1.avsc');
  const type = avro.Type.forSchema(JSON.parse(readFileSync(path, 'utf8')) as avro.Schema);
  const bytes = Buffer.from(framed.subarray(FRAME_BYTES));
  const value: unknown = type.fromBuffer(bytes);
  const once = way === 'decode' ? () => type.fromBuffer(bytes) : () => type.toBuffer(value);
  const warmUp = Math.round(records * WARM_UP_SHARE);
  for (let done = 0; done < warmUp; done += 1) once();
  const startedMs = performance.now();
  for (let done = warmUp; done < records; done += 1) once();
  return ((records - warmUp) / (performance.now() - startedMs)) * 1_000;
}
