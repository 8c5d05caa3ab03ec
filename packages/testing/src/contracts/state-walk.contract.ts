import type { StateStore, StateWalk } from '@strata/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Opens an empty store that can be walked. The suite closes it. */
export type OpenStateWalk = () => Promise<StateStore & StateWalk>;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const idsOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** What every `StateWalk` promises. Run it on each implementation. */
export function stateWalkContract(name: string, open: OpenStateWalk): void {
  describe(`state walk: ${name}`, () => {
    let store: StateStore & StateWalk;
    let offset = 0;
    beforeEach(async () => {
      store = await open();
      offset = 0;
    });
    afterEach(() => store.close());

    async function write(ids: readonly string[], value: Uint8Array | null): Promise<void> {
      const { owner } = await store.acquire(0);
      const states = ids.map((id) => [id, value] as const);
      const at = { partition: 0, owner, expectedNext: offset, next: offset + 1 };
      offset += 1;
      const rest = { fields: {}, pages: [], due: [], outbox: [] };
      expect(await store.commit({ ...at, ...rest, states })).toBe('ok');
    }

    async function* steps(count: number) {
      let place: string | null = null;
      do {
        const step: Awaited<ReturnType<StateWalk['walk']>> = await store.walk({
          partition: 0,
          place,
          count,
        });
        if (step === null) throw new Error('The walk has lost its place.');
        yield step.entries;
        place = step.next;
      } while (place !== null);
    }

    test('an empty partition is walked in one step', async () => {
      expect(await store.walk({ partition: 7, place: null, count: 10 })).toEqual({
        entries: [],
        next: null,
      });
    });

    test('steps are bounded and meet everybody, with their bytes', async () => {
      const ids = idsOf('林', 2_000);
      await write(ids, text('x'.repeat(100)));
      const met = new Map<string, number>();
      let longest = 0;
      for await (const entries of steps(100)) {
        longest = Math.max(longest, entries.length);
        for (const [id, bytes] of entries) met.set(id, bytes.length);
      }
      expect([...met.keys()].toSorted()).toEqual(ids.toSorted());
      expect(new Set(met.values())).toEqual(new Set([100]));
      expect(longest).toBeLessThan(300);
    });

    test('who stays is met, however many come and go between the steps', async () => {
      const staying = idsOf('stays', 1_000);
      await write(staying, text('x'.repeat(100)));
      const met = new Set<string>();
      let turn = 0;
      for await (const entries of steps(50)) {
        for (const [id] of entries) met.add(id);
        turn += 1;
        if (turn > 12) continue;
        // Grows the table far beyond its size, then empties it again.
        if (turn % 2 === 1) await write(idsOf(`comes-${turn}`, 1_500), text('y'.repeat(100)));
        else await write(idsOf(`comes-${turn - 1}`, 1_500), null);
      }
      expect(staying.filter((id) => !met.has(id))).toEqual([]);
    });

    test('a look has the partition and the customers asked for, in their order', async () => {
      expect(await store.look(7, ['nobody'])).toEqual({
        owner: null,
        next: 0,
        fields: {},
        outboxDepth: 0,
        customerCount: 0,
        isWhole: true,
        values: [null],
      });
      await write(['a', 'b'], text('x'));
      const { owner } = await store.acquire(0);
      await store.commit({
        partition: 0,
        owner,
        expectedNext: 1,
        next: 2,
        fields: { state: text('s') },
        states: [['b', text('林')]],
        pages: [],
        due: [],
        outbox: [],
      });
      const seen = await store.look(0, ['b', 'nobody', 'a']);
      expect(seen).toMatchObject({ owner, next: 2, customerCount: 2, isWhole: true });
      expect(seen.fields).toEqual((await store.inspect(0)).fields);
      expect(seen.values.map((it) => it && new TextDecoder().decode(it))).toEqual([
        '林',
        null,
        'x',
      ]);
      expect((await store.look(0, [])).values).toEqual([]);
    });

    test('a place of another store is told from one of this', async () => {
      await write(idsOf('c', 50), text('x'.repeat(100)));
      expect(await store.walk({ partition: 0, place: 'elsewhere 17', count: 10 })).toBeNull();
    });
  });
}
