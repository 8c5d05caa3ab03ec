import { catalogue } from '../messages/texts.ts';

interface EffectRange {
  readonly min: number;
  readonly max: number;
}

const rangeText = ({ min, max }: EffectRange, to: string) =>
  min === max ? String(min) : `${min}${to}${max}`;

/** What `./strata conformance` says. */
export const conformanceTexts = catalogue({
  en: {
    sending: 'Posting',
    posts: 'webhooks',
    head: ['scenario', 'expected', 'seen', 'verdict'],
    asExpected: 'as expected',
    verdict: { passed: 'passed', failed: 'FAILED' },
    noAnswer: 'no answer',
    notTaken: (status: string) => `a good one got ${status}, not 2xx`,
    notRefused: (status: string) => `a bad one got ${status}, not 4xx`,
    status: (status: number) => `status ${status}`,
    noTier: 'no tier',
    tier: (seen: string, expected: string) => `ends on ${seen}, not ${expected}`,
    effects: (seen: number, expected: EffectRange) =>
      `${seen} effects, not ${rangeText(expected, ' to ')}`,
    state: (status: string) => `state URL: ${status}, no {"tier": ...}`,
    remedies: 'What to do:',
    thenTheOthers: 'Then run it again: while this one fails, the others say little.',
    tally: (count: number, failed: number) =>
      failed === 0
        ? `All ${count} scenarios passed.`
        : `${failed} of ${count} scenarios failed, ${count - failed} passed.`,
    sight: {
      answers: 'Judged by answers alone: give --state, so that it can be seen where customers end.',
      tiers: 'The state tells no effects: what acted twice and ended right was not seen.',
      effects: '',
    },
    badUrl: (name: string, value: string) =>
      `'${value}' is no value for ${name}: write a whole address, such as http://127.0.0.1:9000/hook, without user name and password.`,
    badTemplate: (value: string) =>
      `'${value}' is no value for --state: write {customerId} where the id goes, as in http://127.0.0.1:9000/tiers/{customerId}.`,
    badSecret:
      'The secret cannot be used: write it as the subscription has it, whsec_ and the base64 of 24 to 64 bytes.',
    noSecret: 'The flag --secret whsec_... is needed, or STRATA_CONFORMANCE_SECRET.',
    badWait: (value: string) =>
      `'${value}' is no value for --wait: write whole seconds from 0 to 600.`,
    unreachable: (url: string) =>
      `${url} gave no answer to the first webhook. Check that the consumer listens there, then run it again.`,
  },
  zh: {
    sending: '正在投递',
    posts: '个 webhook',
    head: ['场景', '预期', '实际', '结论'],
    asExpected: '与预期一致',
    verdict: { passed: '通过', failed: '未通过' },
    noAnswer: '无应答',
    notTaken: (status: string) => `正确的 webhook 得到${status}，而非 2xx`,
    notRefused: (status: string) => `应拒绝的 webhook 得到${status}，而非 4xx`,
    status: (status: number) => `状态码 ${status}`,
    noTier: '无等级',
    tier: (seen: string, expected: string) => `最终为 ${seen}，应为 ${expected}`,
    effects: (seen: number, expected: EffectRange) =>
      `生效 ${seen} 次，应为 ${rangeText(expected, ' 至 ')} 次`,
    state: (status: string) => `状态地址：${status}，没有 {"tier": ...}`,
    remedies: '如何修正：',
    thenTheOthers: '然后重新运行：此项未通过时，其余结论参考意义不大。',
    tally: (count: number, failed: number) =>
      failed === 0
        ? `${count} 个场景全部通过。`
        : `${count} 个场景中 ${failed} 个未通过，${count - failed} 个通过。`,
    sight: {
      answers: '仅按应答判断：请给出 --state，以便查看客户最终的等级。',
      tiers: '状态中没有 effects：重复生效但结果正确的情况无法发现。',
      effects: '',
    },
    badUrl: (name: string, value: string) =>
      `${name} 不能取“${value}”：请写完整地址，如 http://127.0.0.1:9000/hook，且不含用户名和密码。`,
    badTemplate: (value: string) =>
      `--state 不能取“${value}”：请在客户号的位置写 {customerId}，如 http://127.0.0.1:9000/tiers/{customerId}。`,
    badSecret: '密钥不可用：请照订阅中的写法，即 whsec_ 加 24 至 64 字节的 base64。',
    noSecret: '必须给出选项 --secret whsec_...，或设置 STRATA_CONFORMANCE_SECRET。',
    badWait: (value: string) => `--wait 不能取“${value}”：请写 0 到 600 的整数秒。`,
    unreachable: (url: string) =>
      `${url} 对第一个 webhook 没有应答。请确认消费方在该地址监听，然后重新运行。`,
  },
});
