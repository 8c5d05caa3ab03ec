import { readFileSync } from 'node:fs';
import { type CustomerEvent, DAY_MS } from '@strata/domain';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { benchPolicy, dated, forAll, openingOf, POLICY } from '../scorer/customer-log.ts';
import { type ScorerStage, withScorerStage } from '../scorer/scorer-stage.ts';
import { steadyOrders } from '../scorer/steady-orders.ts';
import { addCost, costOf, costUs, folded } from './segment.ts';

const COUNTS = [1, 5, 20] as const;
const CUSTOMERS = 20_000;
const FROM = Date.parse('2024-01-01T00:00:00Z');

/** What an event costs where a set has more policies, each for the customers with another attribute. */
export const policiesBenchmark: Benchmark = {
  name: 'policies',
  summary: {
    en: 'cost of an event under sets of 1, 5 and 20 policies',
    zh: '策略集含 1、5、20 份策略时每个事件的成本',
  },
  options: ['customers'],
  defaults: { rounds: 3, records: 200_000, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: 60_000, options: { customers: CUSTOMERS } },
  run: (settings) => withScorerStage(settings, (stage) => compare(settings, stage)),
};

async function compare(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, records, options, say } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const figures = new Figures();
  for (let round = 1; round <= rounds; round += 1) {
    const costs = new Map<number, number>();
    for (const policies of round % 2 === 0 ? COUNTS.toReversed() : COUNTS) {
      say({
        en: `round ${round} of ${rounds}: policies in the set: ${policies}`,
        zh: `第 ${round}/${rounds} 轮：策略集含 ${policies} 份策略`,
      });
      const measured = await costUnder(stage, { policies, customers, records });
      addCost(figures, `policies: ${policies}`, measured);
      costs.set(policies, costUs(measured) ?? NaN);
    }
    for (const policies of COUNTS.slice(1)) {
      const ratio = (costs.get(policies) ?? NaN) / (costs.get(1) ?? NaN);
      figures.add(`${policies} policies to 1`, 'x', ratio);
    }
  }
  const setting = `${customers} customers, each under one policy of the set by an attribute; ${records} orders, of which the first quarter is not counted.`;
  return figures.report({ benchmark: 'policies', rounds, setting });
}

async function costUnder(
  stage: ScorerStage,
  wanted: { readonly policies: number; readonly customers: number; readonly records: number },
) {
  const { policies, customers, records } = wanted;
  const lapMs = DAY_MS;
  const startsAt = await folded(stage, {
    records: opened(policies, customers),
    clockEndsAt: FROM + DAY_MS,
  });
  const laps = Math.max(1, Math.round(records / customers));
  const clockEndsAt = FROM + (laps + 1) * DAY_MS;
  const orders = steadyOrders({ customers, firstLap: 1, laps, from: FROM, lapMs });
  const { measured } = await costOf(stage, {
    records: closed(orders, clockEndsAt),
    clockEndsAt,
    startsAt,
  });
  return measured;
}

function* opened(policies: number, customers: number) {
  yield* openingOf(benchPolicy(setText(policies)));
  const laps = { customers, firstLap: 0, laps: 1, from: FROM, lapMs: DAY_MS };
  yield* dated(withProfiles(steadyOrders(laps), policies), FROM);
  yield forAll({ kind: 'clock', at: FROM + DAY_MS });
}

function* closed(events: Iterable<CustomerEvent>, clockEndsAt: number) {
  yield* dated(events, FROM + DAY_MS);
  yield forAll({ kind: 'clock', at: clockEndsAt });
}

/** Before its order each says to which policy it belongs. */
function* withProfiles(
  events: Iterable<CustomerEvent>,
  policies: number,
): Generator<CustomerEvent> {
  let count = 0;
  for (const event of events) {
    const { source, customerId, occurredAt } = event;
    const attributes = { segment: `s${count % policies}` };
    yield {
      type: 'profile',
      source,
      eventId: `profile-${count}`,
      customerId,
      occurredAt,
      attributes,
    };
    yield event;
    count += 1;
  }
}

/** The policy of the benchmark for all, and once more for each attribute but the first. */
function setText(policies: number): string {
  const text = readFileSync(POLICY, 'utf8');
  const others = Array.from({ length: policies - 1 }, (_, at) =>
    text
      .replace('policy: bench', `policy: bench-${at + 1}`)
      .replace('applies_to: existing', `applies_to: {attribute: segment, in: [s${at + 1}]}`),
  );
  return [text, ...others].join('\n---\n');
}
