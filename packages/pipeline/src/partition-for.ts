/**
 * The one pinned partitioner: murmur2 as the Java client has it, so that producers in any language put a customer
 * on the same partition as we do. A change of it would move customers between shards: it never changes.
 */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

function murmur2(data: Uint8Array): number {
  const length = data.length;
  const tail = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < tail; i += 4) {
    let word = byteAt(data, i) | (byteAt(data, i + 1) << 8);
    word |= (byteAt(data, i + 2) << 16) | (byteAt(data, i + 3) << 24);
    word = Math.imul(word, M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  const rest = length - tail;
  if (rest === 3) hash ^= byteAt(data, tail + 2) << 16;
  if (rest >= 2) hash ^= byteAt(data, tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byteAt(data, tail), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

function byteAt(data: Uint8Array, index: number): number {
  return data[index] ?? 0;
}

/** The partition of a key among `partitionCount`, as Kafka's own default partitioner answers for a key that is not null. */
export function partitionFor(key: Uint8Array, partitionCount: number): number {
  if (!Number.isInteger(partitionCount) || partitionCount < 1) {
    throw new TypeError(`A partition count is a whole number from 1 on, not ${partitionCount}.`);
  }
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}
