import { inTurn, type Scenario } from '../scenario.ts';

/** While a secret is being replaced, the header carries a signature of each. */
export const twoSignatures: Scenario = {
  name: 'two-signatures',
  expected: { en: 'any signature that fits is enough', zh: '任一签名吻合即接受' },
  remedy: {
    en: 'Read webhook-signature as a list with spaces between, pass over versions other than v1, and accept if one fits.',
    zh: '把 webhook-signature 当作空格分隔的列表，跳过 v1 以外的版本，有一个吻合即接受。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const told = [
      customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
      customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'silver' }),
      customer.tell({ seq: 3, type: 'promoted', from: 'silver', to: 'gold' }),
    ] as const;
    return {
      turns: inTurn(
        { ...told[0], signatures: ['other-secret', 'right'] },
        { ...told[1], signatures: ['right', 'other-secret'] },
        { ...told[2], signatures: ['unknown-version', 'right'] },
      ),
      ends: [customer.ends('gold', 3)],
    };
  },
};
