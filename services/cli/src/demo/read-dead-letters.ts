import { type DeadLetter, deadLetterFromWire, TOPICS } from '@strata/contracts';
import type { StackHandle } from '../stack/stack-handle.ts';

/** Every letter that lies in the topic, once. The sealed originals stay sealed. */
export async function readDeadLetters({
  reader,
  serdes,
}: Pick<StackHandle, 'reader' | 'serdes'>): Promise<readonly DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  const partitions = await reader.partitionCount(TOPICS.deadLetters);
  for (let partition = 0; partition < partitions; partition++) {
    const from = { topic: TOPICS.deadLetters, partition, offset: 0 };
    for await (const batch of reader.read(from)) {
      await serdes.prepare(batch);
      for (const { value } of batch) {
        if (value === null) continue;
        const letter = deadLetterFromWire(serdes.deadLetters.decode(value));
        letters.set(letter.id, letter);
      }
    }
  }
  return [...letters.values()];
}
