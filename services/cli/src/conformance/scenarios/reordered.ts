import { inTurn, type Scenario } from '../scenario.ts';

/** The older one failed once and comes again after the newer. */
export const reordered: Scenario = {
  name: 'reordered',
  expected: { en: 'an older change does not win', zh: '较旧的变更不覆盖较新的' },
  remedy: {
    en: 'Keep the highest customerSeq of each customer, and ignore (with 2xx) what is not above it; the order of arrival says nothing.',
    zh: '为每位客户保存最大的 customerSeq，不大于它的回复 2xx 并忽略；到达顺序不说明新旧。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const first = customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' });
    const older = customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'silver' });
    const newer = customer.tell({ seq: 3, type: 'promoted', from: 'silver', to: 'gold' });
    return { turns: inTurn(first, newer, older), ends: [customer.ends('gold', 2)] };
  },
};
