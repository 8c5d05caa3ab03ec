import {
  type CustomerState,
  DAY_MS,
  type EngagementEntry,
  hash64,
  LEDGER_LISTS,
  type LedgerEntry,
  NEW_CUSTOMER,
  type OrderPart,
} from '@strata/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeCustomer, encodeCustomer } from './customer-codec.ts';
import { PAGE_ENTRIES_MAX } from './ledger-pages.ts';
import { openCustomer, packCustomer, pageChanges, pageKey } from './paged-customer.ts';

const START = Date.UTC(2026, 0, 5);

const entryOf = (n: number): LedgerEntry => ({
  eventKey: hash64('shop', `e${n}`),
  at: START + n * DAY_MS,
  offset: 1_000 + n,
});
const partOf = (n: number): OrderPart => ({
  ...entryOf(n),
  orderKey: hash64('shop', `o${n % 50}`),
  amountMinor: 100 + n,
});
const engagementOf = (n: number): EngagementEntry => ({ ...entryOf(n), weightMilli: 1_000 });

type Step =
  | { readonly kind: 'append'; readonly count: number }
  | { readonly kind: 'late'; readonly share: number }
  | { readonly kind: 'leave'; readonly count: number }
  | { readonly kind: 'engage'; readonly count: number }
  | { readonly kind: 'reload' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), count: fc.constantFrom(1, 1, 1, 30, 300) }),
  fc.record({ kind: fc.constant('late' as const), share: fc.double({ min: 0, max: 1 }) }),
  fc.record({ kind: fc.constant('leave' as const), count: fc.constantFrom(1, 1, 40, 500) }),
  fc.record({ kind: fc.constant('engage' as const), count: fc.constantFrom(1, 100) }),
  fc.record({ kind: fc.constant('reload' as const) }),
);

/** A customer in a store that knows no more than values and pages. */
class Stored {
  state: CustomerState = NEW_CUSTOMER;
  value = packCustomer(NEW_CUSTOMER).value;
  readonly pages = new Map<string, Uint8Array>();

  become(state: CustomerState): { readonly written: number } {
    const changes = pageChanges('c', this.state, state);
    for (const [name, bytes] of changes) {
      if (bytes === null) this.pages.delete(name);
      else this.pages.set(name, bytes);
    }
    this.state = state;
    this.value = packCustomer(state).value;
    return { written: changes.filter(([, bytes]) => bytes !== null).length };
  }

  load(): CustomerState {
    const { pages, complete } = openCustomer(this.value);
    return complete(pages.map((page) => this.pages.get(pageKey('c', page)) as Uint8Array));
  }

  withParts(parts: readonly OrderPart[]): CustomerState {
    return { ...this.state, seq: this.state.seq + 1, ledger: { ...this.state.ledger, parts } };
  }
}

test('value and pages are the state again, and no page is missing or left over', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
      const stored = new Stored();
      let n = 0;
      for (const it of steps) {
        const { ledger } = stored.state;
        if (it.kind === 'append') {
          const more = Array.from({ length: it.count }, () => partOf(n++));
          stored.become(stored.withParts([...ledger.parts, ...more]));
        } else if (it.kind === 'late') {
          const index = Math.floor(it.share * ledger.parts.length);
          stored.become(stored.withParts(ledger.parts.toSpliced(index, 0, partOf(n++))));
        } else if (it.kind === 'leave') {
          stored.become(stored.withParts(ledger.parts.slice(it.count)));
        } else if (it.kind === 'engage') {
          const more = Array.from({ length: it.count }, () => engagementOf(n++));
          const engagements = [...ledger.engagements, ...more];
          stored.become({ ...stored.state, ledger: { ...ledger, engagements } });
        } else stored.state = stored.load();
        const { pages } = openCustomer(stored.value);
        expect(new Set(stored.pages.keys())).toEqual(new Set(pages.map((it) => pageKey('c', it))));
        expect(stored.load()).toStrictEqual(stored.state);
        expect(packCustomer(structuredClone(stored.state))).toStrictEqual(
          packCustomer(stored.state),
        );
        for (const bytes of [stored.value, ...stored.pages.values()]) {
          const held = decodeCustomer(bytes).ledger;
          for (const list of LEDGER_LISTS) {
            expect(held[list].length).toBeLessThanOrEqual(PAGE_ENTRIES_MAX);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

function grown(count: number): Stored {
  const stored = new Stored();
  stored.become(stored.withParts(Array.from({ length: count }, (_, n) => partOf(n * 10))));
  return stored;
}

test('of 8,000 orders one more writes a short value and seldom a page', () => {
  const stored = grown(8_000);
  let written = 0;
  for (let n = 0; n < 100; n++) {
    const parts = [...stored.state.ledger.parts, partOf(90_000 + n)];
    written += stored.become(stored.withParts(parts)).written;
    // 64 entries, and eight bytes for each of the pages.
    expect(stored.value.length).toBeLessThan(64 * 26 + stored.pages.size * 8 + 20);
  }
  expect(stored.pages.size).toBeGreaterThan(8_000 / PAGE_ENTRIES_MAX);
  expect(stored.pages.size).toBeLessThan((2 * 8_000) / 32 + 10);
  expect(written).toBeLessThan(10);
});

test.each([
  {
    why: 'a late order',
    change: (parts: readonly OrderPart[]) => parts.toSpliced(4_000, 0, partOf(5)),
  },
  { why: 'the oldest order leaving', change: (parts: readonly OrderPart[]) => parts.slice(1) },
])('$why rewrites the pages around it only', ({ change }) => {
  const stored = grown(8_000);
  expect(stored.become(stored.withParts(change(stored.state.ledger.parts))).written).toBeLessThan(
    6,
  );
});

test('what an older build stored whole is written as pages once its ledger changes', () => {
  const whole = grown(200).state;
  const opened = openCustomer(encodeCustomer(whole));
  expect(opened.pages).toEqual([]);
  const loaded = opened.complete([]);
  expect(loaded).toStrictEqual(whole);

  const stored = new Stored();
  stored.state = loaded;
  stored.become({ ...loaded, seq: loaded.seq + 1 });
  expect(stored.pages.size).toBe(0);
  expect(stored.load()).toStrictEqual(stored.state);

  stored.become(stored.withParts([...stored.state.ledger.parts, partOf(90_000)]));
  expect(stored.pages.size).toBeGreaterThan(3);
  expect(stored.load()).toStrictEqual(stored.state);
});

test('a page that is not the one that was named, or is missing, is refused by name', () => {
  const stored = grown(200);
  const { pages, complete } = openCustomer(stored.value);
  const bytes = pages.map((page) => stored.pages.get(pageKey('c', page)) as Uint8Array);
  expect(() => complete(bytes.slice(1))).toThrow(/a page is missing.*rebuild/);
  expect(() => complete(bytes.toReversed())).toThrow(/not what its name says.*rebuild/);
  expect(complete(bytes)).toStrictEqual(stored.state);
});
