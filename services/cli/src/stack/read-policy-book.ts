import { PolicyBook, TOPICS } from '@strata/contracts';
import type { PolicySet } from '@strata/domain';
import type { StackHandle } from './stack-handle.ts';

/** Everything that was published so far: policies, calibrations, and which of them holds. */
export async function readPolicyBook({
  reader,
  serdes,
}: Pick<StackHandle, 'reader' | 'serdes'>): Promise<PolicyBook> {
  const book = new PolicyBook((value) => serdes.policies.decode(value));
  for await (const batch of reader.read({ topic: TOPICS.policies, partition: 0, offset: 0 })) {
    await serdes.prepare(batch);
    for (const record of batch) book.take(record);
  }
  return book;
}

/** The set that holds, null before the first. */
export async function publishedSet(
  stack: Pick<StackHandle, 'reader' | 'serdes'>,
): Promise<PolicySet | null> {
  return (await readPolicyBook(stack)).inForce?.set ?? null;
}
