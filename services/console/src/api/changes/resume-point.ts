import type { OutputNumber } from '@strata/pipeline';

/** How far a reader of the tier changes is in one partition. */
export interface PartitionPoint {
  /** Offset of the next record to read. */
  readonly next: number;
  /** The last number that was told, by which repeats are dropped; null before the first. */
  readonly last: OutputNumber | null;
}

/** By partition: all of them, so that one point says everything. */
export type ResumePoint = readonly PartitionPoint[];

const FORMAT = 1;
const PARTITIONS_MAX = 4_096;
const GROUP = 128;

/**
 * The point as the id of an event: base64url over the format, the number of partitions, and of each its offset, epoch and
 * number as varints. It is the whole memory of a stream, so a console that was started anew goes on by it.
 */
export function resumePointText(point: ResumePoint): string {
  const bytes: number[] = [FORMAT];
  push(bytes, point.length);
  for (const { next, last } of point) {
    push(bytes, next);
    push(bytes, last?.epoch ?? 0);
    push(bytes, last?.seq ?? 0);
  }
  return Buffer.from(bytes).toString('base64url');
}

/** Null where it is none of this form, or of another number of partitions. */
export function parseResumePoint(text: string, partitions: number): ResumePoint | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  const numbers = numbersIn(bytes.subarray(1));
  const [count = 0, ...rest] = numbers ?? [];
  const isSound =
    bytes[0] === FORMAT &&
    count === partitions &&
    count <= PARTITIONS_MAX &&
    rest.length === count * 3;
  if (!isSound) return null;
  return Array.from({ length: count }, (_, partition) => {
    const [next = 0, epoch = 0, seq = 0] = rest.slice(partition * 3, partition * 3 + 3);
    return { next, last: seq === 0 ? null : { epoch, seq } };
  });
}

/** Seven bits to a byte, the lowest first; by division, because offsets go beyond 32 bits. */
function push(bytes: number[], value: number): void {
  let left = value;
  while (left >= GROUP) {
    bytes.push((left % GROUP) + GROUP);
    left = Math.floor(left / GROUP);
  }
  bytes.push(left);
}

function numbersIn(bytes: Uint8Array): readonly number[] | null {
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte % GROUP) * unit;
    if (!Number.isSafeInteger(value)) return null;
    if (byte >= GROUP) unit *= GROUP;
    else {
      numbers.push(value);
      value = 0;
      unit = 1;
    }
  }
  return unit === 1 ? numbers : null;
}
