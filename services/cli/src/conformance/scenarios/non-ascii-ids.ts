import { inTurn, type Scenario } from '../scenario.ts';

/** Ids are compared byte by byte: those that look alike are different customers. */
export const nonAsciiIds: Scenario = {
  name: 'non-ascii-ids',
  expected: { en: 'each id is its own customer', zh: '每个客户号各自独立' },
  remedy: {
    en: 'Treat the body as UTF-8 (count bytes, not characters) and compare customerId byte by byte: COLLATE "C", utf8mb4_bin.',
    zh: '请求体按 UTF-8 处理（按字节而非字符计数），customerId 逐字节比较：COLLATE "C"、utf8mb4_bin。',
  },
  plan(newCustomer) {
    const tea = newCustomer('林记茶行 №1/2 🍵');
    const lower = newCustomer('café');
    const upper = newCustomer('CAFÉ');
    return {
      turns: inTurn(
        tea.tell({ seq: 1, type: 'assigned', from: null, to: 'gold' }),
        lower.tell({ seq: 2, type: 'assigned', from: null, to: 'silver' }),
        upper.tell({ seq: 1, type: 'assigned', from: null, to: 'bronze' }),
      ),
      ends: [tea.ends('gold', 1), lower.ends('silver', 1), upper.ends('bronze', 1)],
    };
  },
};
