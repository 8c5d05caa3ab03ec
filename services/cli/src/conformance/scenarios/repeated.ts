import { firstTry, inTurn, type Scenario } from '../scenario.ts';

/** The same id and body again, with a new timestamp and signature: a try whose answer was lost. */
export const repeated: Scenario = {
  name: 'repeated',
  expected: { en: 'a repeat is taken and does nothing', zh: '重复投递：接受，但不再生效' },
  remedy: {
    en: 'Act only if customerSeq is above the last one of the customer (above, not equal), and answer 2xx to the others.',
    zh: '仅当 customerSeq 大于（而非等于）该客户已处理的最大值时才生效，其余回复 2xx。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const told = [
      customer.tell({ seq: 1, type: 'assigned', from: null, to: 'silver' }),
      customer.tell({ seq: 2, type: 'promoted', from: 'silver', to: 'gold' }),
    ];
    return {
      turns: inTurn(...told.flatMap((post) => [firstTry(post), post])),
      ends: [customer.ends('gold', 2)],
    };
  },
};
