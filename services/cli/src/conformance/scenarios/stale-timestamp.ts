import { inTurn, refused, type Scenario } from '../scenario.ts';

const TEN_MINUTES_MS = 600_000;

export const staleTimestamp: Scenario = {
  name: 'stale-timestamp',
  expected: { en: 'refused with 4xx, without effect', zh: '以 4xx 拒绝且不生效' },
  remedy: {
    en: 'Refuse a webhook-timestamp more than 5 minutes from your clock, on both sides, whatever its signature.',
    zh: 'webhook-timestamp 与本机时间相差超过 5 分钟（过早或过晚）一律拒绝，即使签名正确。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const post = customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'gold' });
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
        refused(post, { signedBeforeMs: TEN_MINUTES_MS }),
        refused(post, { signedBeforeMs: -TEN_MINUTES_MS }),
      ),
      ends: [customer.ends('bronze', 1)],
    };
  },
};
