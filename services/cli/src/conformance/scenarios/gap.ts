import { inTurn, type Scenario } from '../scenario.ts';

/** Filters, deliveries that were given up, and new epochs leave numbers out. */
export const gap: Scenario = {
  name: 'gap',
  expected: { en: 'a number that never comes holds nothing up', zh: '缺号不阻塞后续变更' },
  remedy: {
    en: 'Wait for no customerSeq: whatever is above the last one is taken at once.',
    zh: '不要等待缺失的 customerSeq：大于已处理值的立即生效。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    return {
      turns: inTurn(
        customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'silver' }),
        customer.tell({ seq: 7, type: 'promoted', from: 'silver', to: 'gold' }),
      ),
      ends: [customer.ends('gold', 2)],
    };
  },
};
