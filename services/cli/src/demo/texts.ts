import { catalogue } from '../messages/texts.ts';

/** What the demo says. Terms are those of the glossary; lines stay within 80 columns. */
export const demoTexts = catalogue({
  en: {
    headline: (seed: number) =>
      `Strata demo: eighteen months of a shop, played in a minute (seed ${seed})`,
    stack: {
      local: 'Stack: local. Kafka, Apicurio Registry, two Redis, four services: all real.',
      embedded: 'Stack: embedded. The four services in this one process, over memory.',
    },
    needs: 'A real stack would need:',
    fellBack: (why: string) => `The real stack cannot be had here: ${why}`,
    starting: 'Starting',
    page: (url: string) => `Watch tiers move: ${url}`,
    sending: (events: string, customers: string) =>
      `${events} events of ${customers} customers go through the intake, month by month.`,
    troubles: (late: string, repeats: string, refundsFirst: string) =>
      `Among them: ${late} late, ${repeats} sent twice, ${refundsFirst} refunds before their order.`,
    columns: { month: 'Month', events: 'Events', up: 'Up', down: 'Down', silent: 'by time' },
    story: {
      first: (day: string, tier: string) =>
        `${day}  The tea house 林记茶行 buys for the first time: ${tier}`,
      promoted: (day: string, tier: string) =>
        `${day}  林记茶行 buys every three weeks: up to ${tier}`,
      silent: (day: string) => `${day}  林记茶行 orders for the last time. From here on: silence`,
      'at-risk': (day: string, tier: string) =>
        `${day}  林记茶行 is about to lose ${tier}, and nobody did a thing`,
      demoted: (day: string, tier: string) =>
        `${day}  林记茶行 is ${tier} now. No event said so: time did`,
    },
    finishing: 'Broken records, then the last webhooks',
    tiers: (customers: string, day: string) => `Customers by tier on ${day} (${customers})`,
    changes: (count: string) => `Tier changes and why (${count})`,
    types: {
      assigned: 'First tier',
      promoted: 'Promotion',
      demoted: 'Demotion',
      renewed: 'Renewal',
      'at-risk': 'At-risk notice',
      withdrawn: 'Promotion withdrawn',
    },
    causes: {
      event: 'something happened: an order, a complaint',
      time: 'nothing happened: time passed',
      policy: 'a new policy version',
      calibration: 'a new calibration',
      override: 'set by hand',
      merge: 'customers were merged',
      correction: 'a refund or late record disproved it',
    },
    letters: (count: string) => `Dead letters: what could not be used, and why (${count})`,
    claims: 'Checked',
    claim: {
      story: () => '林记茶行 reached gold by buying and lost it by time alone',
      silence: ({ demotions }: ClaimFigures) => `${demotions} demotions that no event caused`,
      webhooks: ({ changes, received, refused }: ClaimFigures) =>
        `${changes} changes published, ${received} webhooks received and verified, ${refused} refused`,
      'dead-letters': ({ broken, letters }: ClaimFigures) =>
        `${broken} broken records sent, ${letters} dead letters, each with its reason`,
    },
    failed: (claims: number) =>
      `${claims} of these did not hold. That is a fault of ours: please report it with this output.`,
    why: 'Asked: ./strata why 林记茶行',
    next: 'Where to look next',
    nextSteps: [
      ['./strata up --data demo', 'the same state, to explore'],
      ['./strata why 林记茶行 --at 2025-02-01', 'why it was gold then'],
      ['./strata profiles --out profiles.csv', 'every customer, every number'],
      ['./strata status', 'what runs, and how far it is'],
      ['./strata down', 'ends what up started'],
      ['docs/architecture.md', 'one purchase, followed through the code'],
    ] as readonly (readonly [string, string])[],
    took: (seconds: string) => `Done in ${seconds} s. Nothing was left running.`,
    kept: (url: string) => `The stack stays up until Ctrl-C: ${url}`,
    keptCommands: (dir: string) =>
      `Commands on it, from another terminal: STRATA_STACK_DIR=${dir} ./strata status`,
    needsDataTime:
      'The demo’s data needs a stack in data time: ./strata down, then ./strata up --data demo --fresh.',
    hasEvents:
      'The stack has events already, so nothing was sent. For the demo’s data alone: ./strata down, then ./strata up --data demo --fresh',
    loaded: (events: string, customers: string) =>
      `Sent ${events} events of ${customers} customers, all graded. Try: ./strata why 林记茶行`,
    notASeed: (text: string) => `'${text}' is no seed: write a whole number from 0 to 4294967295.`,
  },
  zh: {
    headline: (seed: number) => `Strata 演示：一家店铺的十八个月，一分钟看完（种子 ${seed}）`,
    stack: {
      local: '栈：local。Kafka、Apicurio 注册中心、两个 Redis 与四个服务，均为真实进程。',
      embedded: '栈：embedded。四个服务在同一进程内运行，数据只在内存中。',
    },
    needs: '真实的栈还需要：',
    fellBack: (why: string) => `此处无法启动真实的栈：${why}`,
    starting: '正在启动',
    page: (url: string) => `观看等级变动：${url}`,
    sending: (events: string, customers: string) =>
      `${customers} 位客户的 ${events} 个事件，将逐月经接入主题发送。`,
    troubles: (late: string, repeats: string, refundsFirst: string) =>
      `其中：迟到 ${late} 个，重复 ${repeats} 个，先于订单到达的退款 ${refundsFirst} 个。`,
    columns: { month: '月份', events: '事件', up: '升级', down: '下调', silent: '仅因时间' },
    story: {
      first: (day: string, tier: string) => `${day}  林记茶行首次下单，定级为${tier}`,
      promoted: (day: string, tier: string) => `${day}  林记茶行每三周下一单，升级为${tier}`,
      silent: (day: string) => `${day}  林记茶行最后一次下单，此后再无音讯`,
      'at-risk': (day: string, tier: string) =>
        `${day}  林记茶行即将失去${tier}等级，而谁也没有做什么`,
      demoted: (day: string, tier: string) =>
        `${day}  林记茶行下调为${tier}：没有任何事件，只是时间到了`,
    },
    finishing: '正在发送损坏的记录，并等待最后的 Webhook',
    tiers: (customers: string, day: string) => `${day} 各等级客户数（共 ${customers}）`,
    changes: (count: string) => `等级变更与原因（共 ${count}）`,
    types: {
      assigned: '首次定级',
      promoted: '等级升级',
      demoted: '等级下调',
      renewed: '保级',
      'at-risk': '下调预警',
      withdrawn: '撤回升级',
    },
    causes: {
      event: '有事发生：下单、投诉等',
      time: '无事发生：只是时间推移',
      policy: '策略新版本',
      calibration: '重新校准',
      override: '人工调整',
      merge: '客户合并',
      correction: '退款或迟到的记录推翻了升级',
    },
    letters: (count: string) => `死信：无法使用的记录及原因（共 ${count}）`,
    claims: '自查',
    claim: {
      story: () => '林记茶行因购买升为金牌，又仅因时间推移而下调',
      silence: ({ demotions }: ClaimFigures) => `${demotions} 次等级下调没有任何事件引起`,
      webhooks: ({ changes, received, refused }: ClaimFigures) =>
        `发布变更 ${changes} 个，收到并验签 Webhook ${received} 个，拒收 ${refused} 个`,
      'dead-letters': ({ broken, letters }: ClaimFigures) =>
        `发送损坏记录 ${broken} 条，得到死信 ${letters} 条，原因全部相符`,
    },
    failed: (claims: number) => `其中 ${claims} 项不成立。这是我们的缺陷，请连同以上输出一并反馈。`,
    why: '提问：./strata why 林记茶行',
    next: '接下来可以看',
    nextSteps: [
      ['./strata up --data demo', '同样的数据，留着慢慢看'],
      ['./strata why 林记茶行 --at 2025-02-01', '当时为何是金牌'],
      ['./strata profiles --out profiles.csv', '每位客户的全部数值'],
      ['./strata status', '运行情况与处理进度'],
      ['./strata down', '结束 up 所启动的栈'],
      ['docs/architecture.md', '跟着一笔购买读代码'],
    ] as readonly (readonly [string, string])[],
    took: (seconds: string) => `完成，用时 ${seconds} 秒，没有留下任何进程。`,
    kept: (url: string) => `栈将保持运行，按 Ctrl-C 结束：${url}`,
    keptCommands: (dir: string) => `可在另一个终端执行：STRATA_STACK_DIR=${dir} ./strata status`,
    needsDataTime:
      '演示数据需要 data 时间的栈：请执行 ./strata down，再执行 ./strata up --data demo --fresh。',
    hasEvents:
      '栈中已有事件，未再发送。若只要演示数据：先 ./strata down，再 ./strata up --data demo --fresh',
    loaded: (events: string, customers: string) =>
      `已发送 ${customers} 位客户的 ${events} 个事件，并已全部定级。试试：./strata why 林记茶行`,
    notASeed: (text: string) => `“${text}”不是有效的种子：请写 0 到 4294967295 之间的整数。`,
  },
});

export interface ClaimFigures {
  readonly demotions: string;
  readonly changes: string;
  readonly received: string;
  readonly refused: string;
  readonly broken: string;
  readonly letters: string;
}
