import { MOVE_KINDS, type MoveKind } from '@strata/domain';
import { decodeShadowNote, SHADOW_NOTE } from '@strata/shard-state';
import { readPolicyBook } from './read-policy-book.ts';
import type { StackHandle } from './stack-handle.ts';

/** What the owners of the partitions last saw of the set that is tried. */
export interface ShadowReport {
  readonly id: string;
  /** Of its publication. */
  readonly number: number;
  readonly policies: readonly { readonly name: string; readonly version: number }[];
  /** Of which there is a whole round. */
  readonly partitions: number;
  readonly customers: number;
  readonly byKind: Readonly<Record<MoveKind, number>>;
}

/** Null where none is tried. */
export async function shadowReport(stack: StackHandle): Promise<ShadowReport | null> {
  const { shadow } = await readPolicyBook(stack);
  if (shadow === null) return null;
  const { number, set } = shadow;
  const read = async (partition: number) =>
    decodeShadowNote(await stack.store.readNote(partition, SHADOW_NOTE));
  const all = await Promise.all(Array.from({ length: stack.partitions }, (_, p) => read(p)));
  const notes = all.filter((it) => it !== null && it.number === number);
  const byKind = Object.fromEntries(
    MOVE_KINDS.map((kind) => [
      kind,
      notes.reduce((sum, note) => sum + (note?.summary.byKind[kind] ?? 0), 0),
    ]),
  ) as Record<MoveKind, number>;
  return {
    id: set.id,
    number,
    policies: set.policies.map(({ name, version }) => ({ name, version })),
    partitions: notes.length,
    customers: notes.reduce((sum, note) => sum + (note?.summary.customers ?? 0), 0),
    byKind,
  };
}
