import { inTurn, type Scenario } from '../scenario.ts';

export const unknownFields: Scenario = {
  name: 'unknown-fields',
  expected: { en: 'unknown fields are passed over', zh: '忽略未知字段' },
  remedy: {
    en: 'Read the fields you need and let the others be; refuse no webhook for a field or a cause you do not know.',
    zh: '只读取所需字段，忽略其他字段；不要因未知字段或未知原因拒绝 webhook。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const fields = { cause: { kind: 'weather', ref: null, sky: ['clear'] }, mood: { of: 'day' } };
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
        customer.tellStrange({ seq: 2, type: 'promoted', from: 'bronze', to: 'gold' }, { fields }),
      ),
      ends: [customer.ends('gold', 2)],
    };
  },
};
