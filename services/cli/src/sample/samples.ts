import type { Text } from '../messages/texts.ts';
import type { Arrival } from './customer-feed.ts';
import { ECOMMERCE_TRADE } from './ecommerce-trade.ts';
import { inventNames } from './invented-names.ts';
import { RETAIL_TRADE } from './retail-trade.ts';
import { salesTeamArrivals } from './sales-team-accounts.ts';
import { SeededRandom } from './seeded-random.ts';
import { shoppingArrivals } from './shopping-life.ts';
import type { Trade } from './trade.ts';

const SEED = 20_240;

/** Invented customers for a preset to grade: the same on every machine, byte for byte. */
export interface Sample {
  /** That of the preset it is for. */
  readonly name: string;
  readonly about: Text;
  /** In the order in which they arrive. */
  readonly arrivals: () => readonly Arrival[];
}

export const SAMPLES: readonly Sample[] = [
  {
    name: 'retail',
    about: {
      en: 'two years of a department store with 320 customers',
      zh: '一家百货店两年的数据，320 位客户',
    },
    arrivals: () => shopping(RETAIL_TRADE, 320),
  },
  {
    name: 'ecommerce',
    about: {
      en: 'two years of an online shop with 640 customers',
      zh: '一家网店两年的数据，640 位客户',
    },
    arrivals: () => shopping(ECOMMERCE_TRADE, 640),
  },
  {
    name: 'sales-team',
    about: {
      en: 'two years of a sales team with 260 companies, some still to be won',
      zh: '一支销售团队两年的数据，260 家企业，其中一部分尚未成交',
    },
    arrivals: () => inOrderOfArrival(salesTeamArrivals(new SeededRandom(SEED))),
  },
];

function shopping(trade: Trade, customers: number): readonly Arrival[] {
  const random = new SeededRandom(SEED);
  const names = inventNames(random, customers, '');
  const lives = names.flatMap((customerId, index) => {
    const number = String(index + 1).padStart(4, '0');
    const others = names.filter((name) => name !== customerId);
    return shoppingArrivals({ customerId, number, others }, trade, random);
  });
  return inOrderOfArrival(lives);
}

function inOrderOfArrival(arrivals: readonly Arrival[]): readonly Arrival[] {
  return arrivals.toSorted(
    (a, b) => a.arrivesAt - b.arrivesAt || a.event.occurredAt - b.event.occurredAt,
  );
}
