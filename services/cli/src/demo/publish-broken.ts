import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { BrokenRecord } from './broken-records.ts';

/** Sends the bytes as they are, as a producer with a fault would. */
export async function publishBroken(
  { reader, writer }: Pick<StackHandle, 'reader' | 'writer'>,
  records: readonly BrokenRecord[],
): Promise<void> {
  const outgoing: OutgoingRecord[] = [];
  for (const { topic, key: text, value } of records) {
    const key = new TextEncoder().encode(text);
    const partitions = await reader.partitionCount(topic);
    outgoing.push({ topic, partition: partitionFor(key, partitions), key, value, headers: {} });
  }
  await writer.send(outgoing);
}
