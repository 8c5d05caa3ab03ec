import type { PlannedPost, Scenario } from '../scenario.ts';

/** So many that a consumer which is right by luck with one customer is not with all. */
const CUSTOMERS = 8;

/** The newer one is sent first of the two, and both are at work at once. */
export const atOnce: Scenario = {
  name: 'at-once',
  expected: { en: 'of two at the same time the newer wins', zh: '同时到达时较新的生效' },
  remedy: {
    en: 'Compare and store customerSeq in one write (UPDATE ... WHERE customer_seq < ?, or a lock per customer), not by reading first.',
    zh: '比较与保存 customerSeq 须是同一次写入（UPDATE ... WHERE customer_seq < ?，或按客户加锁），不要先读后写。',
  },
  plan(newCustomer) {
    const customers = Array.from({ length: CUSTOMERS }, (_, index) => newCustomer(String(index)));
    const posts: readonly PlannedPost[] = customers.flatMap((customer) => {
      const older = customer.tell({ seq: 1, type: 'assigned', from: null, to: 'silver' });
      const newer = customer.tell({ seq: 2, type: 'promoted', from: 'silver', to: 'gold' });
      return [newer, older];
    });
    return { turns: [posts], ends: customers.map((customer) => customer.ends('gold', 1, 2)) };
  },
};
