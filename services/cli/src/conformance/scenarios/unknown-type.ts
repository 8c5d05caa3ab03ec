import { inTurn, type Scenario } from '../scenario.ts';

/** A later version tells more. The strange ones change no tier, so that acting on toTier is no fault. */
export const unknownType: Scenario = {
  name: 'unknown-type',
  expected: { en: 'an unknown type is taken, the tier stays', zh: '未知类型：接受，等级不变' },
  remedy: {
    en: 'Answer 2xx to a type that you do not know, and leave the customer as it is; 4xx would end the delivery, 5xx repeat it.',
    zh: '对未知类型回复 2xx 并保持客户现状；4xx 会终止投递，5xx 会反复重试。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const strange = { seq: 2, type: 'renewed', from: 'silver', to: 'silver' } as const;
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'silver' }),
        customer.tellStrange(strange, { type: 'paused', fields: {} }),
        customer.tellOther('strata.care.due', { dueAt: '2030-01-01T00:00:00.000Z' }),
        customer.tell({ seq: 3, type: 'promoted', from: 'silver', to: 'gold' }),
      ),
      ends: [customer.ends('gold', 2, 3)],
    };
  },
};
