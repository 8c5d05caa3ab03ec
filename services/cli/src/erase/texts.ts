import { BilingualFault } from '../cli-fault.ts';
import { catalogue } from '../messages/texts.ts';

export const eraseTexts = catalogue({
  en: {
    noActor: 'Say who decides this: add --actor NAME.',
    badTimeout: 'Give --timeout in whole seconds, from 1 to 86400.',
    waiting: (what: string) => `Waiting for ${what} ...`,
    erased: (customer: string) => `${customer} is erased.`,
    aliases: (names: string) => `Erased with it, as other names of the same customer: ${names}.`,
    log: (place: string, at: string, id: string) =>
      `In the log: ${place}, at ${at}, decision ${id}. What is dated up to then does nothing any more.`,
    state: (states: number, pages: number) =>
      `State: ${states} removed, with ${pages} pages and what was due.`,
    letters: (count: number) => `Dead letters: ${count} removed.`,
    deliveries: (count: number) => `Deliveries: ${count} removed, waiting and finished.`,
    told: 'Published: a tombstone in strata.tiers.v1; readers of strata.tier-changes.v1 are told that the customer is gone.',
    notTold: 'Published: nothing, because no tier had ever been told.',
    unnamed: (count: number, when: string) =>
      `Dead letters that name no customer: ${count}. They may be about anybody; they are sealed, and gone ${when}.`,
    raw: 'Raw records that name the customer:',
    row: (topic: string, when: string) => `  ${topic}: ${when}`,
    by: (date: string) => `gone by ${date}`,
    compacted: 'older values go when the broker next compacts',
    never: 'never: raw records stay; set retention.ms of the topic',
    withProcess: 'gone when this process ends',
    elsewhere:
      'Not reached: what webhook receivers, other readers of the topics, and backups keep.',
  },
  zh: {
    noActor: '请注明由谁决定：加上 --actor NAME。',
    badTimeout: '--timeout 请给出 1 到 86400 之间的整数秒数。',
    waiting: (what: string) => `等待${what} ...`,
    erased: (customer: string) => `${customer} 已删除。`,
    aliases: (names: string) => `一并删除的同一客户的其他编号：${names}。`,
    log: (place: string, at: string, id: string) =>
      `日志位置：${place}，时间 ${at}，决定 ${id}。发生时间不晚于此的记录不再起任何作用。`,
    state: (states: number, pages: number) =>
      `状态：删除 ${states} 条，连同 ${pages} 个分页与到期条目。`,
    letters: (count: number) => `死信：删除 ${count} 封。`,
    deliveries: (count: number) => `投递：删除 ${count} 项，含等待与已结束的。`,
    told: '已发布：strata.tiers.v1 中的墓碑记录；strata.tier-changes.v1 的读者已获知该客户不复存在。',
    notTold: '未发布任何内容：从未公布过该客户的等级。',
    unnamed: (count: number, when: string) =>
      `未注明客户的死信：${count} 封。其内容可能涉及任何人；均已加密封存，${when}。`,
    raw: '仍含该客户的原始记录：',
    row: (topic: string, when: string) => `  ${topic}：${when}`,
    by: (date: string) => `不晚于 ${date} 清除`,
    compacted: '旧值在代理下次压缩时清除',
    never: '永不清除：原始记录将一直保留；请设置该主题的 retention.ms',
    withProcess: '随本进程结束而清除',
    elsewhere: '无法触及：webhook 接收方、主题的其他读者以及备份所保留的内容。',
  },
});

/** What is waited for, to complete "Waiting for ...". */
export const STAGES = {
  folded: { en: 'the scorer to fold the erasure', zh: '评分服务处理删除指令' },
  published: { en: 'the outputs to be published', zh: '输出发布完毕' },
  forgotten: { en: 'other customers to lose the name', zh: '其他客户的状态不再提及该客户' },
  deliveries: { en: 'the notifier to remove the deliveries', zh: '通知服务清除投递任务' },
  letters: { en: 'the dead letters to get their tombstones', zh: '死信写入墓碑记录' },
} as const;

/** Nothing is lost by giving up: the decision lies in the log. */
export const GO_ON = {
  en: 'The erasure is on its way and goes on by itself. See ./strata status, then run the command again for the receipt.',
  zh: '删除指令已发出，会继续自行完成。请查看 ./strata status，然后再次运行本命令以取得回执。',
} as const;

/** Why a customer cannot be erased under this name, or not now. */
export function erasureFault(why: 'alias' | 'merging', other: string): BilingualFault {
  return why === 'alias'
    ? new BilingualFault('STRATA_CLI_ERASE_ALIAS', {
        en: `This customer is part of ${other} since a merge: erase ${other}, and it goes with it.`,
        zh: `该客户已并入 ${other}：请删除 ${other}，它会一并删除。`,
      })
    : new BilingualFault('STRATA_CLI_ERASE_MERGING', {
        en: `A merge with ${other} is under way: run the command again when it has ended.`,
        zh: `与 ${other} 的合并正在进行：请待其结束后再次运行本命令。`,
      });
}
