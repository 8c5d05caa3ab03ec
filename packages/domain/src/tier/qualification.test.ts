import { describe, expect, it } from 'vitest';
import {
  aCancellation,
  aLifecycle,
  aPolicy,
  aPurchase,
  TestPartition,
  told,
} from '../builders/index.ts';
import type { Instant } from '../instant.ts';
import type { Lifecycle } from '../policy/policy.ts';
import type { TierChange } from './tier-change.ts';

const at = (text: string): Instant => Date.parse(text);
const shown = (instant: Instant | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** Two orders within 30 days are silver, three keep gold, four enter it. */
function partition(lifecycle: Partial<Lifecycle>, timeZone = 'Asia/Shanghai'): TestPartition {
  return new TestPartition(aPolicy({ timeZone, lifecycle: aLifecycle(lifecycle) }));
}

function changes(of: TestPartition): readonly TierChange[] {
  return of.outputs.filter((it): it is TierChange => it.kind === 'tier-change');
}

const line = (it: TierChange): string =>
  `${shown(it.effectiveAt)} ${it.type} ${it.fromTier ?? ''}>${it.toTier} ${it.cause.kind}`;

/** Silver since 2 March 2024. */
function bought(of: TestPartition): void {
  of.events(aPurchase(at('2024-03-01T04:00:00Z')), aPurchase(at('2024-03-02T04:00:00Z')));
}

describe('a fall', () => {
  it('waits for the end of the calendar year, at local midnight', () => {
    const p = partition({ qualification: 'calendar' });
    bought(p);
    p.passTo(at('2025-06-01T00:00:00Z'));
    expect(changes(p).slice(2).map(line)).toEqual([
      '2024-12-31T16:00:00.000Z demoted silver>bronze time',
    ]);
  });

  it('waits for the anniversary of joining, at the same local time', () => {
    const p = partition({ qualification: 'join_anniversary' });
    bought(p);
    p.passTo(at('2025-06-01T00:00:00Z'));
    expect(changes(p).slice(2).map(line)).toEqual([
      '2025-03-01T04:00:00.000Z demoted silver>bronze time',
    ]);
  });

  it('waits for the anniversary of the tier, which a change of tier moves', () => {
    const p = partition({ qualification: 'tier_anniversary' });
    bought(p);
    p.passTo(at('2026-06-01T00:00:00Z'));
    expect(changes(p).slice(2).map(line)).toEqual([
      '2025-03-02T04:00:00.000Z demoted silver>bronze time',
      '2026-03-02T04:00:00.000Z renewed bronze>bronze time',
    ]);
  });

  it('starts grace where the period ends, and a recovery in grace puts it off to the next', () => {
    const p = partition({ qualification: 'calendar', graceMs: 20 * 86_400_000 });
    bought(p);
    p.events(aPurchase(at('2025-01-02T00:00:00Z')), aPurchase(at('2025-01-03T00:00:00Z')));
    expect(p.customers.get('c1')?.standing?.graceSince).toBe(null);
    p.passTo(at('2026-06-01T00:00:00Z'));
    expect(changes(p).slice(2).map(line)).toEqual([
      '2026-01-20T16:00:00.000Z demoted silver>bronze time',
    ]);
  });

  it('goes on one step a year with a soft landing of one', () => {
    const p = partition({ qualification: 'calendar', softLanding: 'one' });
    p.events(...[1, 2, 3, 4].map((n) => aPurchase(at(`2024-03-0${n}T04:00:00Z`))));
    p.passTo(at('2026-06-01T00:00:00Z'));
    const falls = changes(p).filter((it) => it.type === 'demoted');
    expect(falls.map(line)).toEqual([
      '2024-12-31T16:00:00.000Z demoted gold>silver time',
      '2025-12-31T16:00:00.000Z demoted silver>bronze time',
    ]);
  });

  it('that a record brings at the very end of a period waits for the next: this one is settled', () => {
    const p = partition({ qualification: 'calendar', onCorrection: 'keep' }, 'UTC');
    const end = at('2025-01-01T00:00:00Z');
    const second = aPurchase(end - 3_600_000);
    p.events(aPurchase(end - 86_400_000), second);
    const atTheEnd = p.events(aCancellation(second, { occurredAt: end }));
    expect(told(atTheEnd)).toEqual(['renewed silver>silver time']);
    p.passTo(at('2026-06-01T00:00:00Z'));
    expect(changes(p).slice(3).map(line)).toEqual([
      '2026-01-01T00:00:00.000Z demoted silver>bronze time',
    ]);
  });
});

describe('who keeps the tier', () => {
  it('is renewed at each end of a period, once, also in the lowest tier', () => {
    const p = partition({ qualification: 'calendar' }, 'UTC');
    p.events(aPurchase(at('2023-12-20T00:00:00Z')));
    p.passTo(at('2025-06-01T00:00:00Z'));
    expect(changes(p).slice(1).map(line)).toEqual([
      '2024-01-01T00:00:00.000Z renewed bronze>bronze time',
      '2025-01-01T00:00:00.000Z renewed bronze>bronze time',
    ]);
    expect(p.dueAt.get('c1')).toBe(at('2026-01-01T00:00:00Z'));
  });

  it('is not renewed where the tier changes at that instant', () => {
    const p = partition({ qualification: 'calendar' }, 'UTC');
    p.events(aPurchase(at('2023-12-31T23:00:00Z')), aPurchase(at('2024-01-01T00:00:00Z')));
    p.passTo(at('2024-02-01T00:00:00Z'));
    // The end of the year was settled before the order that came with it.
    expect(changes(p).map(line)).toEqual([
      '2023-12-31T23:00:00.000Z assigned >bronze event',
      '2024-01-01T00:00:00.000Z renewed bronze>bronze time',
      '2024-01-01T00:00:00.000Z promoted bronze>silver event',
    ]);
  });

  it('is protected until the period ends, or for the minimum stay where that is longer', () => {
    const protectedUntil = (lifecycle: Partial<Lifecycle>): string | null => {
      const p = partition(lifecycle);
      bought(p);
      return shown(changes(p).at(-1)?.protectedUntil ?? null);
    };
    expect(protectedUntil({ qualification: 'calendar' })).toBe('2024-12-31T16:00:00.000Z');
    const longStay = { qualification: 'calendar', minimumStayMs: 400 * 86_400_000 } as const;
    expect(protectedUntil(longStay)).toBe('2025-04-06T04:00:00.000Z');
    expect(protectedUntil({ qualification: 'rolling' })).toBe(null);
  });
});

describe('the warning', () => {
  it('comes the notice before the demotion that the end of the period brings', () => {
    const p = partition({ qualification: 'calendar', atRiskNoticeMs: 30 * 86_400_000 });
    bought(p);
    expect(p.dueAt.get('c1')).toBe(at('2024-12-01T16:00:00Z'));
    p.passTo(at('2025-02-01T00:00:00Z'));
    const risk = changes(p).find((it) => it.type === 'at-risk');
    expect(shown(risk?.effectiveAt ?? null)).toBe('2024-12-01T16:00:00.000Z');
    expect(shown(risk?.atRisk?.at ?? null)).toBe('2024-12-31T16:00:00.000Z');
  });
});
