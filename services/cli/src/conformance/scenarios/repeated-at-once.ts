import { firstTry, type Scenario } from '../scenario.ts';

/** A try that timed out at the sender and is still at work when the next arrives. */
export const repeatedAtOnce: Scenario = {
  name: 'repeated-at-once',
  expected: { en: 'repeats at the same time count once', zh: '同时到达的重复只生效一次' },
  remedy: {
    en: 'Compare and store customerSeq in one write (UPDATE ... WHERE customer_seq < ?, or a lock per customer), not by reading first.',
    zh: '比较与保存 customerSeq 须是同一次写入（UPDATE ... WHERE customer_seq < ?，或按客户加锁），不要先读后写。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const post = customer.tell({ seq: 1, type: 'assigned', from: null, to: 'silver' });
    return {
      turns: [[firstTry(post), post, firstTry(post), post]],
      ends: [customer.ends('silver', 1)],
    };
  },
};
