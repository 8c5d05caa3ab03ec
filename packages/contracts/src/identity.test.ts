import type { CustomerEvent } from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { customersNamedIn, identifiedDecision, identifiedEvent, identity } from './identity.ts';
import { readIntakeEvent } from './intake-event.ts';

/** Marks instead of a hash, so that a test can be read. */
const pseudonyms = {
  keyId: 'k',
  of: (id: string) => (id.startsWith('~') ? id : `~${id}~`),
  isOwn: (id: string) => id.startsWith('~'),
};
const spaced = identity({ spaces: ['desk', 'app'] });
const hidden = identity({ spaces: ['desk', 'app'], pseudonyms });

const base = { source: 'desk', eventId: 'e1', customerId: '17', occurredAt: 0 } as const;
const referral = { ...base, type: 'referral', referredCustomerId: '18' } as const;
const link = { ...base, source: 'crm', type: 'link', customerId: 'c1', linkedId: '17' } as const;

describe('the id under which a customer stands', () => {
  it.each([
    ['17', 'shop', '17'],
    ['17', 'desk', 'desk:17'],
    ['desk:17', 'desk', 'desk:17'],
    ['app:3', 'desk', 'app:3'],
    ['guest:9f', 'desk', 'guest:9f'],
    // The name of no space, and no name at all.
    ['shop:17', 'desk', 'desk:shop:17'],
    ['deskx', 'desk', 'desk:deskx'],
    [':17', 'desk', 'desk::17'],
  ])('of %s by %s is %s, and stays so', (id, source, wanted) => {
    expect(spaced.ofSource(id, source)).toBe(wanted);
    expect(spaced.ofSource(wanted, source)).toBe(wanted);
    const hiddenId = `~${wanted}~`;
    for (const said of [id, hiddenId]) expect(hidden.ofSource(said, source)).toBe(hiddenId);
    expect(hidden.ofSource(hiddenId, 'shop')).toBe(hiddenId);
  });

  it('is found in every field of an event that names one', () => {
    expect(identifiedEvent(referral, spaced)).toEqual({
      ...referral,
      customerId: 'desk:17',
      referredCustomerId: 'desk:18',
    });
    expect(identifiedEvent(link, spaced)).toEqual(link);
    const ofDesk: CustomerEvent = { ...link, linkedSource: 'desk' };
    expect(identifiedEvent(ofDesk, spaced)).toEqual({ ...ofDesk, linkedId: 'desk:17' });
    // The desk knows its own number and the customer.
    expect(identifiedEvent({ ...link, source: 'desk' }, spaced)).toEqual({
      ...link,
      source: 'desk',
      linkedId: 'desk:17',
    });
    expect(identifiedEvent(ofDesk, hidden)).toEqual({
      ...ofDesk,
      customerId: '~c1~',
      linkedId: '~desk:17~',
    });
  });

  it('is made once, however often its event comes by', () => {
    const others = { ...link, source: 'desk', linkedId: 'c9', linkedSource: 'shop' } as const;
    for (const event of [referral, link, { ...link, source: 'desk' }, others]) {
      for (const own of [spaced, hidden]) {
        const once = identifiedEvent(event, own);
        expect(identifiedEvent(once, own)).toEqual(once);
      }
    }
    expect(identifiedEvent(others, spaced)).toMatchObject({ customerId: 'c1', linkedId: 'c9' });
  });

  it('is found in every decision', () => {
    const why = { id: 'd1', reason: 'r', actor: 'a' };
    const merge = { kind: 'merge-asked', survivorId: 'c1', otherId: 'c2', ...why } as const;
    expect(identifiedDecision(merge, hidden)).toEqual({
      ...merge,
      survivorId: '~c1~',
      otherId: '~c2~',
    });
    const erased = { kind: 'erased', customerId: 'desk:17', ...why } as const;
    expect(identifiedDecision(erased, hidden)).toEqual({ ...erased, customerId: '~desk:17~' });
  });

  it('is the one by which the letters of a refused record are found', () => {
    expect(customersNamedIn({ ...referral }, spaced)).toEqual(['desk:17', 'desk:18']);
    expect(customersNamedIn({ ...referral, customerId: 17 }, spaced)[0]).toBe('desk:17');
    expect(customersNamedIn({ ...link, linkedSource: 'desk' }, spaced)).toEqual(['c1', 'desk:17']);
    expect(customersNamedIn({ source: 'shop', guest: '9f' }, hidden)).toEqual(['~guest:9f~']);
    expect(customersNamedIn({ survivorId: 'c1', otherId: 'c2' }, spaced)).toEqual(['c1', 'c2']);
    expect(customersNamedIn({ customerId: '', linkedId: null, guest: {} }, spaced)).toEqual([]);
  });
});

describe('a guest', () => {
  const visit = {
    type: 'engagement',
    source: 'app',
    eventId: 'e1',
    occurredAt: '2026-01-02T03:04:05Z',
    kind: 'visit',
  };
  const read = (changes: Record<string, unknown>) => readIntakeEvent({ ...visit, ...changes });

  it('stands in the place of the customer, in whatever way that one is absent', () => {
    for (const customerId of [undefined, null, '']) {
      expect(read({ customerId, guest: '9f' })).toMatchObject({
        kind: 'event',
        event: { customerId: 'guest:9f' },
      });
    }
  });

  it('of a link stands in the place of the linked id', () => {
    const own = { type: 'link', customerId: 'c1', guest: '9f', kind: undefined };
    expect(read(own)).toMatchObject({ event: { customerId: 'c1', linkedId: 'guest:9f' } });
    expect(read({ ...own, customerId: undefined })).toMatchObject({ reason: 'no-customer' });
  });

  it('beside a customer is dropped, and counted', () => {
    const result = read({ customerId: 'c1', guest: '9f' });
    expect(result).toMatchObject({ event: { customerId: 'c1' } });
    expect(JSON.stringify(result)).not.toContain('9f');
    expect([...result.dropped]).toEqual([['guest', 1]]);
  });

  it.each(['', 9, {}, 'x'.repeat(251), 'a\u0000b'])(
    'has to be a token, and %j is none',
    (guest) => {
      expect(read({ guest })).toMatchObject({ reason: 'bad-field', field: 'guest' });
    },
  );

  it('or a customer there has to be', () => {
    expect(read({})).toMatchObject({ kind: 'refused', reason: 'no-customer' });
  });
});
