import { logRecordFromWire, TOPICS } from '@strata/contracts';
import { SerdeFault } from '@strata/pipeline';
import type { CommandContext } from '../command.ts';
import { EventCollector, type LoadedFile } from '../formats/load-events.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';

/**
 * The events of the customer log as those of a file: partition after partition, each event once, sorted by when it
 * happened. What a stack decided by itself (ticks, activations, overrides, merges) is left to the policies that are tried.
 */
export async function loadLog(
  { reader, serdes, partitions }: StackHandle,
  context: CommandContext,
): Promise<LoadedFile> {
  const { language, signal } = context;
  const texts = backtestTexts(language);
  const bounds = await reader.bounds(TOPICS.customerLog);
  const total = bounds.reduce((sum, { start, end }) => sum + end - start, 0);
  let done = 0;
  const progress = new Progress({
    context,
    label: texts.readingLog,
    unit: texts.records,
    share: () => done / Math.max(1, total),
  });
  const collector = new EventCollector(() => {});
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = bounds[partition] ?? { start: 0, end: 0 };
    if (start === end) continue;
    const place = { topic: TOPICS.customerLog, partition, offset: start };
    for await (const batch of reader.read(place, end)) {
      signal.throwIfAborted();
      await serdes.prepare(batch);
      for (const { value } of batch) {
        const event = eventIn(serdes, value);
        if (event !== null) collector.events([event]);
      }
      done += batch.length;
      progress.advance(batch.length);
    }
  }
  progress.end();
  return collector.finish();
}

function eventIn({ customerLog }: StackHandle['serdes'], value: Uint8Array | null) {
  try {
    const record = logRecordFromWire(customerLog.decode(value ?? new Uint8Array()));
    return record.kind === 'event' ? record.event : null;
  } catch (error) {
    // The scorer made a dead letter of it.
    if (error instanceof SerdeFault) return null;
    throw error;
  }
}
