import { inTurn, type Scenario } from '../scenario.ts';

/** Somebody had old deliveries sent again; they carry the header `strata-replay`. */
export const replay: Scenario = {
  name: 'replay',
  expected: { en: 'replayed changes move nothing back', zh: '重放的旧变更不改变现状' },
  remedy: {
    en: 'Hold what is marked by strata-replay to the same rule: it counts only where its customerSeq is above the last one.',
    zh: '带 strata-replay 标记的同样按规则处理：仅当 customerSeq 大于已处理值时生效。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const told = [
      customer.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
      customer.tell({ seq: 2, type: 'promoted', from: 'bronze', to: 'silver' }),
      customer.tell({ seq: 3, type: 'promoted', from: 'silver', to: 'gold' }),
    ];
    return {
      turns: inTurn(...told, ...told.map((post) => ({ ...post, isReplay: true }))),
      ends: [customer.ends('gold', 3)],
    };
  },
};
