import { TOPICS } from '@strata/contracts';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { RedriveStack, WayBack } from './way-back.ts';

type Sent = Extract<WayBack, { readonly kind: 'sent' }>;

/** Letters of one send: large enough to be cheap, small enough that progress is seen. */
const SEND_LETTERS = 500;

/**
 * Sends letters again, in order. No letter is lost by it: whoever takes the record, behind the intake and the log,
 * removes the letter in the same write; until then it lies where it lay, and sending it twice counts once. Only what
 * became several records, or none, is ended here, and only once those are acknowledged.
 */
export async function sendBack(
  { reader, writer }: Pick<RedriveStack, 'reader' | 'writer'>,
  ways: readonly Sent[],
  watch: { readonly signal: AbortSignal; readonly onSent: (letters: number) => void },
): Promise<void> {
  const partitions = await reader.partitionCount(TOPICS.deadLetters);
  for (let from = 0; from < ways.length; from += SEND_LETTERS) {
    watch.signal.throwIfAborted();
    const chunk = ways.slice(from, from + SEND_LETTERS);
    const records = chunk.flatMap((way) => way.records);
    if (records.length > 0) await writer.send(records);
    const ended = chunk.filter(({ endsHere }) => endsHere);
    if (ended.length > 0) await writer.send(ended.map((way) => tombstone(way, partitions)));
    watch.onSent(chunk.length);
  }
}

function tombstone({ letter }: Sent, partitions: number): OutgoingRecord {
  const key = new TextEncoder().encode(letter.id);
  const partition = partitionFor(key, partitions);
  return { topic: TOPICS.deadLetters, partition, key, value: null, headers: {} };
}
