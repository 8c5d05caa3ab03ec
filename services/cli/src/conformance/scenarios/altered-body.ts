import { inTurn, refused, type Scenario } from '../scenario.ts';

export const alteredBody: Scenario = {
  name: 'altered-body',
  expected: { en: 'refused with 4xx, without effect', zh: '以 4xx 拒绝且不生效' },
  remedy: {
    en: 'Verify the signature over the body as it came, byte for byte, and read the JSON from those very bytes.',
    zh: '对收到的原始字节验签，并从同一份字节解析 JSON。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const post = customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'silver' });
    const alteredText = post.body.replace('"toTier":"silver"', '"toTier":"gold"');
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
        refused(post, { alteredBody: alteredText }),
        // The same value as JSON, and other bytes.
        refused(post, { alteredBody: `${post.body} ` }),
      ),
      ends: [customer.ends('bronze', 1)],
    };
  },
};
