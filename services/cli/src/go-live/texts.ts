import { catalogue } from '../messages/texts.ts';

/** What `./strata go-live` can say. */
export const goLiveTexts = catalogue({
  en: {
    neverData: 'This stack runs on wall time since it was opened: there is nothing to turn.',
    askedOtherwise: (at: string, was: string) =>
      `The stack went live at ${at} and ${was}; that was decided once and stays. Give no flag, or the same.`,
    looking: 'Looking at',
    customers: 'customers',
    waiting: 'Waiting until what was sent is folded',
    settling: 'Settling',
    cannot: 'The stack cannot go live yet:',
    open: {
      importUnfinished:
        'an import has not come to its end. Wait for it, or start the same import again: it goes on where it was ended.',
      customersDue: (partitions: string) =>
        `in ${partitions} partitions customers are due at the last clock mark. Wait until ./strata status shows none.`,
      markAhead: (mark: string, now: string) =>
        `the last clock mark, ${mark}, lies after the broker's clock, ${now}. Wait until then, or import the history into a new stack with an earlier --until.`,
      customersAhead: (customers: string, latest: string) =>
        `${customers} customers have events dated ahead of the broker's clock, up to ${latest}. Wait until then, or import the history into a new stack without them.`,
      merges: (customers: string) =>
        `${customers} customers wait for a merge or a link to end. It ends by itself while the services run; ask again then.`,
    },
    needsYes: (heldBack: string, announced: string) =>
      `Data time ends for good by this, and what has fallen due since the last clock mark is settled: ${heldBack} changes held back, ${announced} announced. --dry-run tells more; add --yes to do it.`,
    would: (at: string) => `Nothing was written. If the stack went live now (${at}):`,
    did: (at: string) => `The stack went live at ${at} and runs on wall time.`,
    already: (at: string) => `The stack went live at ${at} already.`,
    finished: (at: string) => `Finished what was begun: the stack went live at ${at}.`,
    lastMark: (mark: string) => `Last clock mark: ${mark}. What fell due since:`,
    noMark: 'No clock mark was ever set. What has fallen due:',
    nothingDue: 'Nothing has fallen due since the last clock mark.',
    columns: ['Change', 'Announced', 'Held back'] as readonly string[],
    policy: {
      none: 'held everything back',
      all: 'announced everything',
      from: (steps: string) => `announced changes of ${steps} steps and more`,
    },
    heldBackHint:
      'What is held back is published as backfill: true; subscriptions take it where they were added with --backfill yes.',
    ingestorHint:
      'Ingestors that Strata did not start as processes here have to be given STRATA_TIME_MODE=wall when they next start; ./strata down and ./strata up does so for containers.',
  },
  zh: {
    neverData: '该栈自建立起即以 wall 时间运行：无需转换。',
    askedOtherwise: (at: string, was: string) =>
      `该栈已于 ${at} 上线，${was}；此决定只作一次，不再改变。请不带该参数，或给出相同的值。`,
    looking: '正在查看',
    customers: '位客户',
    waiting: '等待已投递的内容处理完毕',
    settling: '正在结算',
    cannot: '该栈尚不能上线：',
    open: {
      importUnfinished: '有导入尚未结束。请等待其完成，或再次执行同一导入：它会从中断处继续。',
      customersDue: (partitions: string) =>
        `${partitions} 个分区中有客户在最后的时钟标记处到期。请等到 ./strata status 显示为 0。`,
      markAhead: (mark: string, now: string) =>
        `最后的时钟标记 ${mark} 晚于消息代理的时钟 ${now}。请等到该时刻，或以更早的 --until 将历史导入新栈。`,
      customersAhead: (customers: string, latest: string) =>
        `${customers} 位客户的事件日期晚于消息代理的时钟，最晚为 ${latest}。请等到该时刻，或去掉这些事件后将历史导入新栈。`,
      merges: (customers: string) =>
        `${customers} 位客户正在等待合并或关联结束。服务运行时会自行结束；请稍后再试。`,
    },
    needsYes: (heldBack: string, announced: string) =>
      `data 时间将就此永久结束，并结算自最后的时钟标记以来到期的内容：${heldBack} 项变更不通知，${announced} 项通知。详情见 --dry-run；确认请加上 --yes。`,
    would: (at: string) => `未写入任何内容。若现在上线（${at}）：`,
    did: (at: string) => `该栈已于 ${at} 上线，以 wall 时间运行。`,
    already: (at: string) => `该栈此前已于 ${at} 上线。`,
    finished: (at: string) => `已完成此前未完成的上线：该栈于 ${at} 上线。`,
    lastMark: (mark: string) => `最后的时钟标记：${mark}。此后到期的变更：`,
    noMark: '从未有过时钟标记。已到期的变更：',
    nothingDue: '自最后的时钟标记以来没有到期的变更。',
    columns: ['变更', '通知', '不通知'] as readonly string[],
    policy: {
      none: '全部不通知',
      all: '全部通知',
      from: (steps: string) => `只通知跨 ${steps} 级及以上的变更`,
    },
    heldBackHint: '不通知的变更以 backfill: true 发布；以 --backfill yes 添加的订阅仍会收到。',
    ingestorHint:
      '并非由 Strata 在本机作为进程启动的接入服务，下次启动时须设置 STRATA_TIME_MODE=wall；容器可用 ./strata down 与 ./strata up。',
  },
});
