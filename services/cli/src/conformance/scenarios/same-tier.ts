import { inTurn, type Scenario } from '../scenario.ts';

/** Whether a consumer acts on these is its own affair; the tier stays, and they are newer all the same. */
export const sameTier: Scenario = {
  name: 'same-tier',
  expected: { en: 'at-risk and renewed keep the tier', zh: 'at-risk 与 renewed 不改变等级' },
  remedy: {
    en: 'Take the tier from toTier, for at-risk too: the tier at stake is in atRisk. Move the mark also where you do not act.',
    zh: '等级一律取 toTier，at-risk 也是：可能降到的等级在 atRisk 中。即使不采取动作也要更新标记。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const at = Date.UTC(2030, 0, 1);
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'gold' }),
        customer.tell({
          seq: 3,
          type: 'at-risk',
          from: 'gold',
          to: 'gold',
          fields: {
            cause: { kind: 'time', ref: null },
            atRisk: { at, toTier: 'silver', distances: [{ name: 'recency', distance: 5 }] },
          },
        }),
        customer.tell({ seq: 4, type: 'renewed', from: 'gold', to: 'gold' }),
        customer.tell({ seq: 2, type: 'demoted', from: 'gold', to: 'silver' }),
      ),
      ends: [customer.ends('gold', 1, 3)],
    };
  },
};
