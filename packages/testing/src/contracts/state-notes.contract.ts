import type { StateNotes, StateStore } from '@strata/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What every `StateNotes` promises. Run it on each implementation. */
export function stateNotesContract(
  name: string,
  open: () => Promise<StateStore & StateNotes>,
): void {
  describe(`state notes: ${name}`, () => {
    let store: StateStore & StateNotes;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const read = async (partition: number, of: string): Promise<string | null> => {
      const note = await store.readNote(partition, of);
      return note === null ? null : new TextDecoder().decode(note);
    };

    test('the last of a name is read, each partition for itself', async () => {
      await store.writeNote(0, 'one', text('a'));
      await store.writeNote(0, 'other', text('b'));
      await store.writeNote(1, 'one', text('c'));
      await store.writeNote(0, 'one', text('d'));
      expect(await read(0, 'one')).toBe('d');
      expect(await read(0, 'other')).toBe('b');
      expect(await read(1, 'one')).toBe('c');
      expect(await read(2, 'one')).toBeNull();
    });

    test('they are bytes, and no part of the shard', async () => {
      const bytes = Uint8Array.from([0, 255, 10, 13]);
      await store.writeNote(0, 'bytes', bytes);
      expect(Buffer.from((await store.readNote(0, 'bytes')) ?? [])).toEqual(Buffer.from(bytes));
      const { fields, customerCount, owner } = await store.inspect(0);
      expect({ fields, customerCount, owner }).toEqual({
        fields: {},
        customerCount: 0,
        owner: null,
      });
    });
  });
}
