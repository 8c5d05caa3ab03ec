import { inTurn, refused, type Scenario } from '../scenario.ts';

/** Forged ones are dated after the true one: had they left a trace, the true one would not count. */
export const forgedSignature: Scenario = {
  name: 'forged-signature',
  expected: { en: 'refused with 4xx, without effect', zh: '以 4xx 拒绝且不生效' },
  remedy: {
    en: 'Verify webhook-signature with the secret before anything else, and mark nothing as seen before that.',
    zh: '先用密钥验证 webhook-signature，再做其他处理；验签之前不要记录任何标记。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const forged = customer.tell({ seq: 9, type: 'promoted', from: 'silver', to: 'gold' });
    const genuine = customer.tell({ seq: 2, type: 'demoted', from: 'silver', to: 'bronze' });
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'silver' }),
        refused(forged, { signatures: ['other-secret'] }),
        refused(forged, { signatures: ['unknown-version'] }),
        refused(forged, { signatures: [] }),
        refused(genuine, { signatures: ['other-secret'] }),
        genuine,
      ),
      ends: [customer.ends('bronze', 2)],
    };
  },
};
