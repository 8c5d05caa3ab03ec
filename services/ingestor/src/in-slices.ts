import type { BatchOutcome, RecordBatch, TopicRecord } from '@strata/pipeline';

/** So that a heartbeat comes several times a second, however large the batch. */
const SLICE_RECORDS = 1_000;

/**
 * Takes a batch apart. While one slice is on its way to the log the next one is made, so that
 * neither this process nor the broker waits for the other; but it is sent only behind the
 * acknowledgement of the one before, so that a failed send is never overtaken.
 */
export async function inSlices<Made>(
  batch: RecordBatch,
  steps: {
    readonly make: (slice: readonly TopicRecord[]) => Promise<Made>;
    readonly send: (made: Made) => Promise<void>;
  },
): Promise<BatchOutcome> {
  const { records } = batch;
  const send = async (made: Made): Promise<void> => {
    await steps.send(made);
    await batch.heartbeat();
  };
  let sending: Promise<void> = Promise.resolve();
  for (let from = 0; from < records.length; from += SLICE_RECORDS) {
    const made = await steps.make(records.slice(from, from + SLICE_RECORDS));
    await sending;
    if (!batch.isOwned()) return 'reacquire';
    sending = send(made);
    // Awaited in the next round: until then its failure is nobody's.
    sending.catch(() => undefined);
  }
  await sending;
  return 'done';
}
