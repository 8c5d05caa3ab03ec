import { inTurn, type Scenario } from '../scenario.ts';

/** About 200 kB; a usual limit of frameworks is 100 kB. */
const EVIDENCE_RECORDS = 10_000;

export const largeBody: Scenario = {
  name: 'large-body',
  expected: { en: 'a body of 200 kB is taken', zh: '接受 200 kB 的请求体' },
  remedy: {
    en: 'Allow bodies up to 1 MiB: a change with much evidence is larger than the usual limit of 100 kB.',
    zh: '请求体上限放宽到 1 MiB：依据较多的变更会超过常见的 100 kB 限制。',
  },
  plan(newCustomer) {
    const customer = newCustomer();
    const evidence = Array.from(
      { length: EVIDENCE_RECORDS },
      (_, index) => `12:${1_000_000_000_000 + index}`,
    );
    return {
      turns: inTurn(
        customer.tell({ seq: 1, type: 'assigned', from: null, to: 'gold', fields: { evidence } }),
      ),
      ends: [customer.ends('gold', 1)],
    };
  },
};
