import type { Text } from '../messages/texts.ts';
import { bankArrivals } from './bank-customers.ts';
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
      en: 'two years of a department store with 240 customers',
      zh: '一家百货店两年的数据，240 位客户',
    },
    arrivals: () => shopping(RETAIL_TRADE, 240),
  },
  {
    name: 'ecommerce',
    about: {
      en: 'two years of an online shop with 520 customers',
      zh: '一家网店两年的数据，520 位客户',
    },
    arrivals: () => shopping(ECOMMERCE_TRADE, 520),
  },
  {
    name: 'bank',
    about: {
      en: 'two years of a bank with 240 customers and enquirers',
      zh: '一家银行两年的数据，240 位客户与咨询者',
    },
    arrivals: () => inOrderOfArrival(bankArrivals(new SeededRandom(SEED))),
  },
  {
    name: 'sales-team',
    about: {
      en: 'two years of a sales team with 220 companies, some still to be won',
      zh: '一支销售团队两年的数据，220 家企业，其中一部分尚未成交',
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
