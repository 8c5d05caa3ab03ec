import { catalogue } from '../messages/texts.ts';

/** What publishing and rolling back can say. */
export const publishTexts = catalogue({
  en: {
    evaluating: 'Trying it on',
    customers: 'customers',
    first: (names: string) => `The first policy of this stack: ${names}.`,
    unchanged: (names: string) => `${names} is in force already; nothing was published.`,
    announce: (steps: number | null) =>
      steps === null
        ? 'Nothing of it is announced: subscriptions get it as backfill, or not at all.'
        : steps === 0
          ? 'All of it is announced.'
          : `Announced are changes over ${steps} steps of the ladder or more; the others come as backfill.`,
    question: 'Publish it? Write yes: ',
    notAsked:
      'Nobody is there to ask (no terminal): look at it with --dry-run, then publish it with --yes. Nothing was published.',
    declined: 'Nothing was published.',
    dryRun: 'Only tried (--dry-run); nothing was published.',
    published: (names: string, number: number) =>
      `Published as number ${number}: ${names}. Every partition grades by it.`,
    swept: 'Everybody has passed it.',
    notWaited:
      'Who is not touched by an event follows by the sweep; see how far it is with ./strata status.',
    rollback: (number: number, names: string) =>
      `Back to publication ${number} (${names}). The borders come back, not the past: whoever changed a tier meanwhile is judged anew from now on, and what was told stays told.`,
    rollbackReason: (number: number) => `rollback to ${number}`,
    noFormer:
      'No set was in force before this one. Name one: ./strata policy list shows all, ./strata policy rollback SET goes back to it.',
    voidTarget: (number: number) =>
      `Publication ${number} never was in force: another was published first. Choose one that was, with ./strata policy list.`,
    backRemedy: (name: string, file: string) =>
      `A rollback changes nothing about what was published. To go back in spite of it: ./strata policy show ${name} --yaml > ${file}, mend there what is named above, count its version up, and ./strata policy publish ${file}.`,
  },
  zh: {
    evaluating: '正在试算',
    customers: '位客户',
    first: (names: string) => `此栈的首个策略：${names}。`,
    unchanged: (names: string) => `${names} 已经生效，未发布任何内容。`,
    announce: (steps: number | null) =>
      steps === null
        ? '由此带来的等级变更不通知：仅以回填方式发出，订阅可不接收。'
        : steps === 0
          ? '由此带来的等级变更全部通知。'
          : `跨 ${steps} 级及以上的等级变更予以通知，其余以回填方式发出。`,
    question: '确认发布？请输入 yes：',
    notAsked: '无法询问（没有终端）：请先用 --dry-run 查看，再加上 --yes 发布。未发布任何内容。',
    declined: '未发布任何内容。',
    dryRun: '仅试算（--dry-run），未发布任何内容。',
    published: (names: string, number: number) =>
      `已发布为第 ${number} 号：${names}。所有分区均已按其定级。`,
    swept: '所有客户均已按新策略定级。',
    notWaited: '没有新事件的客户将陆续重新定级；进度见 ./strata status。',
    rollback: (number: number, names: string) =>
      `恢复第 ${number} 号发布（${names}）。恢复的是等级门槛，不是过去：其间变更过等级的客户从现在起重新判定，已发出的通知不会收回。`,
    rollbackReason: (number: number) => `恢复到第 ${number} 号`,
    noFormer:
      '在此之前没有生效过的策略集。可用 ./strata policy list 查看全部，再用 ./strata policy rollback 策略集 指定。',
    voidTarget: (number: number) =>
      `第 ${number} 号发布从未生效：当时另有发布在先。请用 ./strata policy list 另选一个。`,
    backRemedy: (name: string, file: string) =>
      `恢复不会改动已发布的内容。若仍要恢复：./strata policy show ${name} --yaml > ${file}，按上述提示修改并递增版本号，再 ./strata policy publish ${file}。`,
  },
});
