import type { Amendment, OutboxEntry, PartitionCommit, StateStore } from '@strata/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Opens an empty store. The suite closes it. */
export type OpenStateStore = () => Promise<StateStore>;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** Stores may answer with a Buffer or a plain array of bytes: only the bytes count. */
const plain = (value: Uint8Array | null | undefined): number[] | null =>
  value === null || value === undefined ? null : [...value];

function plainEntry(entry: OutboxEntry): unknown {
  return {
    ...entry,
    key: plain(entry.key),
    value: plain(entry.value),
    headers: Object.fromEntries(Object.entries(entry.headers).map(([k, v]) => [k, plain(v)])),
  };
}

function anEntry(position: number, over: Partial<OutboxEntry> = {}): OutboxEntry {
  const topic = 'strata.tier-changes.v1';
  return { position, topic, seq: position, key: text('k'), value: text('v'), headers: {}, ...over };
}

/** A commit of partition 0 that changes nothing but the offset, from 0 to 10 unless said otherwise. */
function aCommit(owner: string, over: Partial<PartitionCommit> = {}): PartitionCommit {
  return {
    partition: 0,
    owner,
    expectedNext: 0,
    next: 10,
    fields: {},
    states: [],
    pages: [],
    due: [],
    outbox: [],
    ...over,
  };
}

async function scanned(store: StateStore, partition = 0): Promise<Map<string, number[] | null>> {
  const found = new Map<string, number[] | null>();
  for await (const batch of store.scan(partition)) {
    for (const [customerId, state] of batch) {
      expect(found.has(customerId), 'a customer is scanned once').toBe(false);
      found.set(customerId, plain(state));
    }
  }
  return found;
}

/** What every `StateStore` promises. Run it on each implementation. */
export function stateStoreContract(name: string, open: OpenStateStore): void {
  describe(`state store: ${name}`, () => {
    let store: StateStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    describe('owning a partition', () => {
      test('an untouched shard is empty and has no owner', async () => {
        expect(await store.inspect(0)).toEqual({
          owner: null,
          next: 0,
          fields: {},
          outboxDepth: 0,
          customerCount: 0,
        });
      });

      test('acquiring shows what was committed and voids the older owner', async () => {
        const first = await store.acquire(0);
        const written = aCommit(first.owner, {
          fields: { fold: bytes(0, 255), empty: bytes() },
          states: [['c1', text('one')]],
          outbox: [anEntry(1), anEntry(2)],
        });
        expect(await store.commit(written)).toBe('ok');
        const second = await store.acquire(0);
        expect(second.owner).not.toBe(first.owner);
        expect({
          next: second.next,
          depth: second.outboxDepth,
          customers: second.customerCount,
        }).toEqual({ next: 10, depth: 2, customers: 1 });
        expect(plain(second.fields['fold'])).toEqual([0, 255]);
        expect(plain(second.fields['empty'])).toEqual([]);
        expect(await store.commit(aCommit(first.owner, { expectedNext: 10, next: 20 }))).toBe(
          'fenced',
        );
        expect(await store.commit(aCommit(second.owner, { expectedNext: 10, next: 20 }))).toBe(
          'ok',
        );
      });

      test('inspecting shows the owner and does not disturb it', async () => {
        const { owner } = await store.acquire(0);
        expect((await store.inspect(0)).owner).toBe(owner);
        expect(await store.commit(aCommit(owner))).toBe('ok');
      });

      test('who holds a partition is told in short, and asking does not disturb it', async () => {
        expect(await store.holder(0)).toEqual({ owner: null, next: 0 });
        const { owner } = await store.acquire(0);
        expect(await store.holder(0)).toEqual({ owner, next: 0 });
        await store.commit(aCommit(owner));
        expect(await store.holder(0)).toEqual({ owner, next: 10 });
        const later = await store.acquire(0);
        expect(await store.holder(0)).toEqual({ owner: later.owner, next: 10 });
        expect(await store.holder(1)).toEqual({ owner: null, next: 0 });
      });

      test('nobody commits to a partition that was never acquired', async () => {
        expect(await store.commit(aCommit('1:nobody'))).toBe('fenced');
        expect((await store.inspect(0)).next).toBe(0);
      });

      test('partitions do not touch each other', async () => {
        const zero = await store.acquire(0);
        const one = await store.acquire(1);
        await store.commit(aCommit(zero.owner, { states: [['c', text('zero')]] }));
        const other = aCommit(one.owner, { partition: 1, next: 3, states: [['c', text('one')]] });
        await store.commit(other);
        expect((await store.inspect(0)).next).toBe(10);
        expect((await store.inspect(1)).next).toBe(3);
        expect(plain((await store.load(0, ['c']))[0])).toEqual(plain(text('zero')));
        expect(plain((await store.load(1, ['c']))[0])).toEqual(plain(text('one')));
      });
    });

    describe('committing', () => {
      test('the same commit again is already written and doubles nothing', async () => {
        const { owner } = await store.acquire(0);
        const commit = aCommit(owner, { states: [['c', text('s')]], outbox: [anEntry(1)] });
        expect(await store.commit(commit)).toBe('ok');
        expect(await store.commit(commit)).toBe('already');
        expect(await store.inspect(0)).toMatchObject({ next: 10, outboxDepth: 1 });
      });

      test.each([
        { outcome: 'offset', why: 'the store stands before it', expectedNext: 5, next: 15 },
        { outcome: 'offset', why: 'the store stands behind it', expectedNext: 20, next: 30 },
        { outcome: 'fenced', why: 'another owner', expectedNext: 10, next: 20 },
        { outcome: 'fenced', why: 'another owner, even for a repeat', expectedNext: 0, next: 10 },
      ])('a commit refused as $outcome ($why) writes nothing', async ({ outcome, ...offsets }) => {
        const { owner } = await store.acquire(0);
        const base = aCommit(owner, {
          fields: { f: text('old') },
          states: [['kept', text('old')]],
          pages: [['kept#1', text('old')]],
          due: [['kept', 100]],
          outbox: [anEntry(1)],
        });
        await store.commit(base);
        const before = await store.inspect(0);
        const refused = aCommit(outcome === 'fenced' ? '999:other' : owner, {
          expectedNext: offsets.expectedNext,
          next: offsets.next,
          fields: { f: text('new'), g: text('new') },
          states: [
            ['kept', null],
            ['added', text('new')],
          ],
          pages: [
            ['kept#1', null],
            ['added#1', text('new')],
          ],
          due: [
            ['kept', null],
            ['added', 1],
          ],
          outbox: [anEntry(2)],
        });
        expect(await store.commit(refused)).toBe(outcome);
        expect(await store.inspect(0)).toEqual(before);
        expect(await scanned(store)).toEqual(new Map([['kept', plain(text('old'))]]));
        const pages = await store.loadPages(0, ['kept#1', 'added#1']);
        expect(pages.map(plain)).toEqual([plain(text('old')), null]);
        expect(await store.dueCustomers({ partition: 0, upToMs: 1e12, limit: 10 })).toEqual([
          'kept',
        ]);
        expect(await store.outbox({ partition: 0, afterPosition: 0, limit: 10 })).toHaveLength(1);
      });

      test.each([
        { why: 'next stays, so it would be taken for its own repeat', over: { next: 0 } },
        { why: 'next goes back', over: { expectedNext: 10, next: 5 } },
        { why: 'a gap between outbox entries', over: { outbox: [anEntry(1), anEntry(3)] } },
        { why: 'a gap before the first outbox entry', over: { outbox: [anEntry(2)] } },
        {
          why: 'a customer twice',
          over: { states: [['c', text('a')] as const, ['c', null] as const] },
        },
        {
          why: 'a page twice',
          over: { pages: [['c#1', text('a')] as const, ['c#1', null] as const] },
        },
        { why: 'an id without UTF-8 form', over: { states: [['\uD800', text('a')] as const] } },
        { why: 'a due instant that is no number', over: { due: [['c', Number.NaN] as const] } },
      ])('crashes on a programmer fault and writes nothing: $why', async ({ over }) => {
        const { owner } = await store.acquire(0);
        await expect(store.commit(aCommit(owner, over))).rejects.toThrow(TypeError);
        expect(await store.inspect(0)).toMatchObject({ next: 0, outboxDepth: 0, customerCount: 0 });
      });

      test('only changed fields change, and a null state removes the customer', async () => {
        const { owner } = await store.acquire(0);
        await store.commit(
          aCommit(owner, {
            fields: { a: text('1'), b: text('1') },
            states: [
              ['x', text('x')],
              ['y', text('y')],
            ],
          }),
        );
        await store.commit(
          aCommit(owner, {
            expectedNext: 10,
            next: 11,
            fields: { b: text('2') },
            states: [
              ['x', null],
              ['never-there', null],
            ],
          }),
        );
        const shard = await store.inspect(0);
        expect([plain(shard.fields['a']), plain(shard.fields['b'])]).toEqual([[49], [50]]);
        expect(shard.customerCount).toBe(1);
        expect((await store.load(0, ['x', 'y', 'z'])).map(plain)).toEqual([null, [121], null]);
      });

      test('ids and values are kept byte for byte', async () => {
        const { owner } = await store.acquire(0);
        const states: [string, Uint8Array][] = [
          ['empty', bytes()],
          ['', text('the empty id')],
          ['zeros', bytes(0, 0, 0)],
          ['not-utf8', bytes(0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0d, 0x0a)],
          ['林记茶行 🍵', text('林')],
          ['a\r\nb\0c', bytes(1)],
        ];
        await store.commit(aCommit(owner, { states, due: states.map(([id]) => [id, 5]) }));
        const ids = states.map(([id]) => id);
        expect((await store.load(0, ids)).map(plain)).toEqual(states.map(([, b]) => plain(b)));
        expect(await scanned(store)).toEqual(new Map(states.map(([id, b]) => [id, plain(b)])));
        const due = await store.dueCustomers({ partition: 0, upToMs: 5, limit: 10 });
        expect(due.toSorted()).toEqual(ids.toSorted());
      });

      test('buffers changed after a commit or a load do not reach the store', async () => {
        const { owner } = await store.acquire(0);
        const state = bytes(1, 2, 3);
        await store.commit(aCommit(owner, { states: [['c', state]] }));
        state.fill(9);
        const [loaded] = await store.load(0, ['c']);
        expect(plain(loaded)).toEqual([1, 2, 3]);
        loaded?.fill(8);
        expect(plain((await store.load(0, ['c']))[0])).toEqual([1, 2, 3]);
      });

      test('a commit of 5,000 customers with outbox is written whole', async () => {
        const { owner } = await store.acquire(0);
        const ids = Array.from({ length: 5_000 }, (_, index) => `customer-${index}`);
        const big = aCommit(owner, {
          next: 5_000,
          states: ids.map((id, index) => [id, new Uint8Array(200).fill(index % 256)]),
          due: ids.map((id, index) => [id, index]),
          outbox: ids.map((id, index) => anEntry(index + 1, { key: text(id) })),
        });
        expect(await store.commit(big)).toBe('ok');
        expect(await store.inspect(0)).toMatchObject({ customerCount: 5_000, outboxDepth: 5_000 });
        expect((await scanned(store)).size).toBe(5_000);
        const gone = aCommit(owner, {
          expectedNext: 5_000,
          next: 9_000,
          states: ids.map((id) => [id, null]),
          due: ids.map((id) => [id, null]),
        });
        expect(await store.commit(gone)).toBe('ok');
        expect((await store.inspect(0)).customerCount).toBe(0);
        expect(await store.earliestDue(0)).toBeNull();
      });

      test('loading nobody and scanning an empty partition give nothing', async () => {
        expect(await store.load(0, [])).toEqual([]);
        expect((await scanned(store)).size).toBe(0);
      });
    });

    describe('pages', () => {
      test('are written, replaced and removed with the states of the same commit', async () => {
        const { owner } = await store.acquire(0);
        const first = aCommit(owner, {
          states: [['c', text('names 1 and 2')]],
          pages: [
            ['c#1', bytes(0xff, 0, 0x0d)],
            ['c#2', bytes()],
            ['林#1', text('林')],
          ],
        });
        expect(await store.commit(first)).toBe('ok');
        const second = aCommit(owner, {
          expectedNext: 10,
          next: 11,
          states: [['c', text('names 2 and 3')]],
          pages: [
            ['c#1', null],
            ['c#2', text('new')],
            ['c#3', bytes(3)],
            ['never-there', null],
          ],
        });
        expect(await store.commit(second)).toBe('ok');
        const names = ['c#3', 'c#1', 'c#2', '林#1', 'never-there'];
        expect((await store.loadPages(0, names)).map(plain)).toEqual([
          [3],
          null,
          plain(text('new')),
          plain(text('林')),
          null,
        ]);
        expect(await store.loadPages(0, [])).toEqual([]);
      });

      test('are no customers, and those of one partition are not those of another', async () => {
        const { owner } = await store.acquire(0);
        await store.commit(aCommit(owner, { pages: [['c', text('a page')]] }));
        expect((await store.inspect(0)).customerCount).toBe(0);
        expect((await scanned(store)).size).toBe(0);
        expect(await store.load(0, ['c'])).toEqual([null]);
        expect(await store.loadPages(1, ['c'])).toEqual([null]);
      });

      test('2,500 of them are written and read whole, and bytes changed later do not reach them', async () => {
        const { owner } = await store.acquire(0);
        const names = Array.from({ length: 2_500 }, (_, index) => `c#${index}`);
        const page = new Uint8Array(300).fill(7);
        await store.commit(aCommit(owner, { pages: names.map((name) => [name, page]) }));
        page.fill(8);
        const found = await store.loadPages(0, names);
        expect(found.every((it) => it?.length === 300 && it.every((byte) => byte === 7))).toBe(
          true,
        );
        found[0]?.fill(9);
        expect((await store.loadPages(0, ['c#0']))[0]?.[0]).toBe(7);
      });
    });

    describe('a store beside', () => {
      const whole = (owner: string, mark: string): PartitionCommit =>
        aCommit(owner, {
          fields: { f: text(mark) },
          states: [
            ['both', text(mark)],
            [`only ${mark}`, text(mark)],
          ],
          pages: [[`both#${mark}`, text(mark)]],
          due: [[`only ${mark}`, 100]],
          outbox: mark === 'live' ? [anEntry(1)] : [anEntry(1), anEntry(2)],
        });

      test('is empty, and what lies there is not seen in the live one', async () => {
        const { owner } = await store.acquire(0);
        await store.commit(whole(owner, 'live'));
        const before = await store.inspect(0);
        const beside = store.beside('rebuild');
        expect(await beside.inspect(0)).toMatchObject({ owner: null, next: 0, customerCount: 0 });
        const own = await beside.acquire(0);
        expect(await beside.commit(whole(own.owner, 'new'))).toBe('ok');
        expect(await store.inspect(0)).toEqual(before);
        expect([...(await scanned(store)).keys()].toSorted()).toEqual(['both', 'only live']);
        expect(plain((await store.beside('rebuild').load(0, ['both']))[0])).toEqual(
          plain(text('new')),
        );
        expect(await store.beside('another').inspect(0)).toMatchObject({ next: 0 });
      });

      test('takes the place of the live one at once, fences its owner, and is gone', async () => {
        const { owner } = await store.acquire(0);
        await store.commit(whole(owner, 'live'));
        const beside = store.beside('rebuild');
        const own = await beside.acquire(0);
        await beside.commit({ ...whole(own.owner, 'new'), next: 7 });
        expect(await beside.adopt(0, own.owner)).toBe(true);
        const adopted = await store.inspect(0);
        expect(adopted).toMatchObject({ next: 7, outboxDepth: 2, customerCount: 2 });
        expect([owner, own.owner, null]).not.toContain(adopted.owner);
        expect(plain(adopted.fields['f'])).toEqual(plain(text('new')));
        expect([...(await scanned(store)).keys()].toSorted()).toEqual(['both', 'only new']);
        const pages = await store.loadPages(0, ['both#live', 'both#new']);
        expect(pages.map(plain)).toEqual([null, plain(text('new'))]);
        expect(await store.dueCustomers({ partition: 0, upToMs: 1e12, limit: 10 })).toEqual([
          'only new',
        ]);
        const next = { expectedNext: 7, next: 8, outbox: [anEntry(3)] };
        expect(await store.commit(aCommit(owner, next))).toBe('fenced');
        const later = await store.acquire(0);
        expect(await store.commit(aCommit(later.owner, next))).toBe('ok');
        expect(await beside.inspect(0)).toMatchObject({ owner: null, next: 0, outboxDepth: 0 });
        expect(await beside.adopt(0, own.owner)).toBe(false);
      });

      test('is adopted by nobody but its owner, and may be adopted where nothing was', async () => {
        const beside = store.beside('rebuild');
        const first = await beside.acquire(1);
        await beside.commit({ ...whole(first.owner, 'new'), partition: 1 });
        const second = await beside.acquire(1);
        expect(await beside.adopt(1, first.owner)).toBe(false);
        expect(await store.inspect(1)).toMatchObject({ next: 0, customerCount: 0 });
        expect(await beside.adopt(1, second.owner)).toBe(true);
        expect(await store.inspect(1)).toMatchObject({ next: 10, customerCount: 2 });
      });

      test('is adopted only under the live owner that is named', async () => {
        const first = await store.acquire(0);
        const second = await store.acquire(0);
        const beside = store.beside('rebuild');
        const { owner } = await beside.acquire(0);
        await beside.commit(whole(owner, 'new'));
        expect(await beside.adopt(0, owner, first.owner)).toBe(false);
        expect(await store.inspect(0)).toMatchObject({ next: 0, owner: second.owner });
        expect(await beside.adopt(0, owner, second.owner)).toBe(true);
        expect(await store.inspect(0)).toMatchObject({ next: 10 });
      });

      test('forgets a partition that is discarded, and no other', async () => {
        const beside = store.beside('rebuild');
        for (const partition of [0, 1]) {
          const { owner } = await beside.acquire(partition);
          await beside.commit({ ...whole(owner, 'new'), partition });
        }
        await beside.discard(0);
        expect(await beside.inspect(0)).toMatchObject({ owner: null, next: 0, customerCount: 0 });
        expect(await beside.inspect(1)).toMatchObject({ next: 10, customerCount: 2 });
      });
    });

    describe('amending a customer', () => {
      const amendment: Amendment = {
        partition: 0,
        next: 10,
        customerId: 'c',
        value: text('right'),
        pages: [
          ['c#wrong', null],
          ['c#right', text('page')],
        ],
        dueAtMs: 70,
      };

      async function aWrongCustomer(): Promise<string> {
        const { owner } = await store.acquire(0);
        const states = [['c', text('wrong')] as const, ['other', text('o')] as const];
        const pages = [['c#wrong', text('p')] as const];
        await store.commit(aCommit(owner, { states, pages, due: [['c', 5]] }));
        return owner;
      }

      test('replaces it, its pages and its due instant, and voids who remembers it', async () => {
        const owner = await aWrongCustomer();
        expect(await store.amend(amendment)).toBe(true);
        expect((await store.load(0, ['c', 'other'])).map(plain)).toEqual([
          plain(text('right')),
          plain(text('o')),
        ]);
        expect((await store.loadPages(0, ['c#wrong', 'c#right'])).map(plain)).toEqual([
          null,
          plain(text('page')),
        ]);
        expect(await store.earliestDue(0)).toBe(70);
        const next = { expectedNext: 10, next: 11 };
        expect(await store.commit(aCommit(owner, next))).toBe('fenced');
        const later = await store.acquire(0);
        expect(await store.commit(aCommit(later.owner, next))).toBe('ok');
      });

      test('removes it where it should not be', async () => {
        await aWrongCustomer();
        const gone = { ...amendment, value: null, pages: [], dueAtMs: null };
        expect(await store.amend(gone)).toBe(true);
        expect((await store.load(0, ['c']))[0]).toBeNull();
        expect(await store.earliestDue(0)).toBeNull();
      });

      test('does nothing where the partition has moved on', async () => {
        const owner = await aWrongCustomer();
        expect(await store.amend({ ...amendment, next: 9 })).toBe(false);
        expect(plain((await store.load(0, ['c']))[0])).toEqual(plain(text('wrong')));
        expect((await store.holder(0)).owner).toBe(owner);
      });
    });

    describe('due index', () => {
      test('earliest first, up to and including the instant, at most the limit', async () => {
        const { owner } = await store.acquire(0);
        expect(await store.earliestDue(0)).toBeNull();
        const late = 1_767_225_600_123;
        await store.commit(
          aCommit(owner, {
            due: [
              ['late', late],
              ['b', 20],
              ['a', 10],
              ['before-1970', -5],
            ],
          }),
        );
        const due = (upToMs: number, limit = 10) =>
          store.dueCustomers({ partition: 0, upToMs, limit });
        expect(await store.earliestDue(0)).toBe(-5);
        expect(await due(-6)).toEqual([]);
        expect(await due(20)).toEqual(['before-1970', 'a', 'b']);
        expect(await due(20, 2)).toEqual(['before-1970', 'a']);
        expect(await due(late - 1)).toHaveLength(3);
        expect(await due(late)).toHaveLength(4);
      });

      test('a new instant replaces the old one and null removes it', async () => {
        const { owner } = await store.acquire(0);
        const due: [string, number | null][] = [
          ['moved', 10],
          ['gone', 20],
        ];
        await store.commit(aCommit(owner, { due }));
        const moved: [string, number | null][] = [
          ['moved', 30],
          ['gone', null],
          ['never', null],
        ];
        await store.commit(aCommit(owner, { expectedNext: 10, next: 11, due: moved }));
        expect(await store.earliestDue(0)).toBe(30);
        expect(await store.dueCustomers({ partition: 0, upToMs: 1e15, limit: 10 })).toEqual([
          'moved',
        ]);
      });
    });

    describe('outbox', () => {
      test('entries come back whole, in order, above a position and up to a limit', async () => {
        const { owner } = await store.acquire(0);
        const entries = [
          anEntry(1, { key: null, value: bytes(0xff, 0), headers: { ce_id: text('0.1.2') } }),
          anEntry(2, { topic: 'strata.tiers.v1', seq: 1, value: null, key: text('林') }),
          anEntry(3, {
            seq: 2,
            key: bytes(),
            value: bytes(),
            headers: { a: bytes(), b: bytes(255) },
          }),
        ];
        await store.commit(aCommit(owner, { outbox: entries }));
        const read = async (afterPosition: number, limit: number) =>
          (await store.outbox({ partition: 0, afterPosition, limit })).map(plainEntry);
        expect(await read(0, 10)).toEqual(entries.map(plainEntry));
        expect(await read(1, 1)).toEqual(entries.slice(1, 2).map(plainEntry));
        expect(await read(3, 10)).toEqual([]);
      });

      test('trimming drops exactly what is not above the position, and numbers go on', async () => {
        const { owner } = await store.acquire(0);
        const entries = Array.from({ length: 250 }, (_, index) => anEntry(index + 1));
        await store.commit(aCommit(owner, { outbox: entries }));
        expect(await store.trimOutbox({ partition: 0, owner, upToPosition: 7 })).toBe(true);
        expect((await store.inspect(0)).outboxDepth).toBe(243);
        const [first] = await store.outbox({ partition: 0, afterPosition: 0, limit: 1 });
        expect(first?.position).toBe(8);
        expect(await store.trimOutbox({ partition: 0, owner, upToPosition: 250 })).toBe(true);
        expect((await store.inspect(0)).outboxDepth).toBe(0);
        const more = aCommit(owner, { expectedNext: 10, next: 11, outbox: [anEntry(251)] });
        expect(await store.commit(more)).toBe('ok');
        expect((await store.inspect(0)).outboxDepth).toBe(1);
      });

      test('an owner that lost the partition trims nothing', async () => {
        const { owner } = await store.acquire(0);
        await store.commit(aCommit(owner, { outbox: [anEntry(1)] }));
        await store.acquire(0);
        expect(await store.trimOutbox({ partition: 0, owner, upToPosition: 1 })).toBe(false);
        expect((await store.inspect(0)).outboxDepth).toBe(1);
      });
    });
  });
}
