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

type Trailed = Pick<StackHandle, 'reader' | 'partitions'>;

/** The last place of an import in each partition; -1 where there is none. */
export async function readTrail(stack: Trailed, id: string): Promise<readonly number[]> {
  const trails = await lastTrails(stack, (trail) => trail.id === id);
  return trails.map((trail) => trail?.place ?? -1);
}

/**
 * Whether the last import into a stack in data time has come to its end: its last mark, which has one place in it, lies
 * in every partition then.
 */
export async function hasImportEnded(stack: Trailed): Promise<boolean> {
  const trails = await lastTrails(stack, () => true);
  const found = trails.filter((trail) => trail !== null);
  return new Set(found.map(({ id, place }) => `${id}:${place}`)).size <= 1;
}

interface Trail {
  readonly id: string;
  readonly place: number;
}

/** The furthest in each partition of those that are wanted; of several imports that of the last one. */
async function lastTrails(
  { reader, partitions }: Trailed,
  isWanted: (trail: Trail) => boolean,
): Promise<readonly (Trail | null)[]> {
  const bounds = await reader.bounds(TOPICS.events);
  const trails: (Trail | null)[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = bounds[partition] ?? { start: 0, end: 0 };
    const offset = Math.max(start, end - LOOK_BACK_RECORDS);
    let last: Trail | null = null;
    if (offset < end) {
      for await (const batch of reader.read({ topic: TOPICS.events, partition, offset }, end)) {
        for (const { headers } of batch) {
          const trail = trailIn(headers[TRAIL_HEADER]);
          if (trail !== null && isWanted(trail)) last = further(last, trail);
        }
      }
    }
    trails.push(last);
  }
  return trails;
}

/** A part of an import may have been sent twice. */
function further(last: Trail | null, next: Trail): Trail {
  return last?.id === next.id && last.place > next.place ? last : next;
}

function trailIn(header: Uint8Array | undefined): Trail | null {
  const match = header === undefined ? null : TRAIL.exec(decoder.decode(header));
  return match?.[1] === undefined ? null : { id: match[1], place: Number(match[2]) };
}
