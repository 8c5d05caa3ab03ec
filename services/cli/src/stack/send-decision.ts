import { TOPICS } from '@strata/contracts';
import { partitionFor } from '@strata/pipeline';
import type { StackHandle } from './stack-handle.ts';
import { endsOf, waitUntilSettled } from './wait-until-settled.ts';

/** Where the decisions and events of a customer lie in the log. */
export function partitionOfCustomer(
  { partitions }: Pick<StackHandle, 'partitions'>,
  customerId: string,
): number {
  return partitionFor(new TextEncoder().encode(customerId), partitions);
}

/**
 * Sends a person's decision about a customer into the intake, behind everything sent before it, and waits until it and
 * whatever comes of it in other partitions is folded and published.
 */
export async function sendDecision(
  stack: StackHandle,
  { customerId, json }: { readonly customerId: string; readonly json: Record<string, unknown> },
  signal: AbortSignal,
): Promise<void> {
  const encoder = new TextEncoder();
  await stack.writer.send([
    {
      topic: TOPICS.events,
      partition: partitionOfCustomer(stack, customerId),
      key: encoder.encode(customerId),
      value: encoder.encode(JSON.stringify(json)),
      headers: { 'content-type': encoder.encode('application/json') },
    },
  ]);
  const intakeEnds = await endsOf(stack, TOPICS.events);
  await waitUntilSettled(stack, { intakeEnds, upToMs: null, signal });
}
