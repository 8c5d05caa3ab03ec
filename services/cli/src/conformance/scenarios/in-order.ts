import { inTurn, type Scenario } from '../scenario.ts';

export const inOrder: Scenario = {
  name: 'in-order',
  expected: { en: 'each change takes effect', zh: '每次变更都生效' },
  remedy: {
    en: 'Answer 2xx to a webhook whose signature is right, and show its toTier under the state URL. Tiers here are bronze, silver and gold, customer ids any text.',
    zh: '签名正确的 webhook 请回复 2xx，并在状态地址中给出其 toTier。此处的等级为 bronze、silver、gold，客户号为任意文本。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
        customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'gold' }),
        customer.tell({ seq: 3, type: 'demoted', from: 'gold', to: 'silver' }),
      ),
      ends: [customer.ends('silver', 3)],
    };
  },
};
