import { inTurn, type Scenario } from '../scenario.ts';

/** A late refund disproved the promotion. */
export const withdrawn: Scenario = {
  name: 'withdrawn',
  expected: { en: 'a promotion that is withdrawn is undone', zh: '撤回的升级恢复原等级' },
  remedy: {
    en: 'Treat withdrawn as any change: the tier is toTier. What was given with the promotion is yours to take back or to leave.',
    zh: 'withdrawn 与其他变更同样处理：等级取 toTier。升级时已给的权益是否收回由您决定。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const promoted = customer.tell({ seq: 2, type: 'promoted', from: 'silver', to: 'gold' });
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'silver' }),
        promoted,
        customer.tell({
          seq: 3,
          type: 'withdrawn',
          from: 'gold',
          to: 'silver',
          fields: {
            cause: { kind: 'correction', ref: null },
            withdraws: { id: promoted.id, score: 180 },
          },
        }),
      ),
      ends: [customer.ends('silver', 3)],
    };
  },
};
