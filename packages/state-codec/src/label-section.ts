import type { CustomerState, Hash64, OrderPart } from '@strata/domain';

import { type ByteReader, damaged } from './byte-reader.ts';
import type { CustomerSection } from './customer-section.ts';

type Labels = Pick<OrderPart, 'category' | 'channel'>;

/**
 * Category and channel of the order parts: each hash once, each pair of them once, and then one small number a part,
 * up to the last part that has any.
 */
export const labelSection: CustomerSection = {
  id: 1,
  isEmpty: ({ ledger }) => !ledger.parts.some(isLabelled),
  write(writer, { ledger }) {
    const { parts } = ledger;
    const hashes: Hash64[] = [];
    const pairs: (readonly [category: number, channel: number])[] = [];
    const pairOf = parts.map((part) => {
      const category = placeOf(hashes, part.category);
      const channel = placeOf(hashes, part.channel);
      if (category === 0 && channel === 0) return 0;
      const known = pairs.findIndex((it) => it[0] === category && it[1] === channel);
      return known === -1 ? pairs.push([category, channel]) : known + 1;
    });
    writer.unsigned(hashes.length);
    for (const hash of hashes) writer.hash(hash);
    writer.unsigned(pairs.length);
    for (const pair of pairs) {
      writer.unsigned(pair[0]);
      writer.unsigned(pair[1]);
    }
    const count = parts.findLastIndex(isLabelled) + 1;
    writer.unsigned(count);
    for (let i = 0; i < count; i++) writer.unsigned(pairOf[i] as number);
  },
  read(reader, state) {
    const hashes = readList(reader, () => reader.hash());
    const pairs = readList(reader, () => readPair(reader, hashes));
    const labels = readList(reader, () => labelsAt(pairs, reader.unsigned()));
    return withParts(state, labels);
  },
};

function isLabelled({ category, channel }: OrderPart): boolean {
  return category !== undefined || channel !== undefined;
}

/** From 1; zero stands for none. */
function placeOf(hashes: Hash64[], hash: Hash64 | undefined): number {
  if (hash === undefined) return 0;
  const known = hashes.indexOf(hash);
  return known === -1 ? hashes.push(hash) : known + 1;
}

function readList<T>(reader: ByteReader, readOne: () => T): readonly T[] {
  const list: T[] = [];
  for (let left = reader.count(); left > 0; left--) list.push(readOne());
  return list;
}

function readPair(reader: ByteReader, hashes: readonly Hash64[]): Labels {
  const category = hashAt(hashes, reader.unsigned());
  const channel = hashAt(hashes, reader.unsigned());
  return {
    ...(category === null ? {} : { category }),
    ...(channel === null ? {} : { channel }),
  };
}

function hashAt(hashes: readonly Hash64[], place: number): Hash64 | null {
  if (place === 0) return null;
  return hashes[place - 1] ?? unknownPlace();
}

function labelsAt(pairs: readonly Labels[], place: number): Labels | null {
  if (place === 0) return null;
  return pairs[place - 1] ?? unknownPlace();
}

function unknownPlace(): never {
  throw damaged('a part refers to a category or channel that was not there');
}

function withParts(state: CustomerState, labels: readonly (Labels | null)[]): CustomerState {
  const { parts } = state.ledger;
  if (labels.length > parts.length) throw damaged('there are more categories than parts');
  const labelled = parts.map((part, index) => {
    const label = labels[index] ?? null;
    return label === null ? part : { ...part, ...label };
  });
  return { ...state, ledger: { ...state.ledger, parts: labelled } };
}
