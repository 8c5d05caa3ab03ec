import { createHash } from 'node:crypto';
import { TOPICS } from '@strata/contracts';
import type { CustomerEvent, Instant } from '@strata/domain';
import type { StackHandle } from '../stack/stack-handle.ts';

/**
 * What an import leaves on each record that it publishes: which import it was, and the record's place in it. An import
 * that was killed and is started again finds the last place in each partition and goes on behind it. The topic itself
 * is asked, so no file beside it can disagree with it.
 */
const TRAIL_HEADER = 'strata-import';
/** How far back others may have written behind a killed import. Beyond it everything is sent again, and the fold drops it. */
const LOOK_BACK_RECORDS = 1_000;
const TRAIL = /^([0-9a-f]{16}):(\d+)$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface ImportPlan {
  /** In the order of time. */
  readonly events: readonly CustomerEvent[];
  /** The clock is moved to here at the end; null in wall time, where the clock moves by itself. */
  readonly endMark: Instant | null;
}

/** The same events, in the same order, to the same end: the same import. */
export function importId({ events, endMark }: ImportPlan): string {
  const hash = createHash('sha256').update(String(endMark));
  for (const event of events) hash.update(JSON.stringify(event));
  return hash.digest('hex').slice(0, 16);
}

export function trailHeaders(id: string, place: number): Record<string, Uint8Array> {
  return { [TRAIL_HEADER]: encoder.encode(`${id}:${place}`) };
}

/** The last place of an import in each partition; -1 where there is none. */
export async function readTrail(
  { reader, partitions }: Pick<StackHandle, 'reader' | 'partitions'>,
  id: string,
): Promise<readonly number[]> {
  const bounds = await reader.bounds(TOPICS.events);
  const places: number[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = bounds[partition] ?? { start: 0, end: 0 };
    const offset = Math.max(start, end - LOOK_BACK_RECORDS);
    let last = -1;
    if (offset < end) {
      for await (const batch of reader.read({ topic: TOPICS.events, partition, offset }, end)) {
        for (const { headers } of batch) last = Math.max(last, placeIn(headers[TRAIL_HEADER], id));
      }
    }
    places.push(last);
  }
  return places;
}

function placeIn(header: Uint8Array | undefined, id: string): number {
  const match = header === undefined ? null : TRAIL.exec(decoder.decode(header));
  return match?.[1] === id ? Number(match[2]) : -1;
}
