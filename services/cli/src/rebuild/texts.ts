import { catalogue } from '../messages/texts.ts';

/** What `./strata rebuild` says. */
export const rebuildTexts = catalogue({
  en: {
    folding: 'Folding the log again',
    records: 'records',
    columns: ['partition', 'offsets', 'customers', 'differed', 'hash', 'result'],
    hash: { same: 'same', differs: 'DIFFERS', unknown: '-' },
    atMost: (count: string) => `at most ${count}`,
    same: 'same as before',
    replaced: 'replaced',
    allSame: (customers: string) =>
      `The state was what the log gives: ${customers} customers, none of them changed.`,
    someDiffered: (customers: string) =>
      `The state was not what the log gives: ${customers} customers differed and are right now. Nothing is published twice.`,
    resumed: (partition: number, offset: string) =>
      `Partition ${partition}: going on at offset ${offset}, where an earlier rebuild ended.`,
    halted: 'A scorer that had halted a partition reads it again when it is started anew.',
    epochColumns: ['partition', 'offsets', 'customers', 'corrections', 'not known', 'epoch'],
    epochBegan: (corrections: string) =>
      `A new epoch has begun: ${corrections} customers stood elsewhere than was published, and their corrections are out. Start the scorers.`,
    cutAt: (partition: number, start: string) =>
      `Partition ${partition}: what lay before offset ${start} is gone. Orders, complaints and all else from before count no more, nor do rates and calibrations that nobody has kept.`,
    unknown: (partition: number, count: string) =>
      `Partition ${partition}: of ${count} customers nothing is left in the log. They keep the tier that was published until something happens to them.`,
    scorerRuns: (partition: number) =>
      `A scorer has taken partition ${partition} meanwhile: stop the scorers, then run this again. Nothing was replaced.`,
    noCustomerEpoch: '--new-epoch is of whole partitions: leave out --customer.',
    newEpochHint: 'Stop the scorers, then run ./strata rebuild --new-epoch.',
    bothGiven: '--partition and --customer exclude each other.',
    notAPartition: (text: string, count: number) =>
      `--partition takes a number from 0 to ${count - 1}, not "${text}".`,
    otherFold: (partition: number, stored: number, own: number) =>
      `Partition ${partition} was folded by version ${stored} of the fold, this one is version ${own}: other decisions may come out, so the same numbers cannot be given again. It needs a new epoch.`,
    logCut: (partition: number, start: string) =>
      `The customer log of partition ${partition} begins at offset ${start}: what came before is gone and cannot be folded again. It needs a new epoch.`,
    restless: 'The partition moved on at every look: try again when less is written.',
    customerSame: (partition: number, upTo: string) =>
      `The customer is stored as partition ${partition} of the log gives it up to offset ${upTo}.`,
    customerReplaced: (partition: number, what: string) =>
      `The customer differed from what partition ${partition} of the log gives, in: ${what}. It is replaced.`,
  },
  zh: {
    folding: '正在重新折叠日志',
    records: '条记录',
    columns: ['分区', '偏移', '客户', '曾不一致', '哈希', '结果'],
    hash: { same: '一致', differs: '不一致', unknown: '-' },
    atMost: (count: string) => `至多 ${count}`,
    same: '与之前一致',
    replaced: '已替换',
    allSame: (customers: string) => `状态与日志一致：${customers} 位客户，均无变化。`,
    someDiffered: (customers: string) =>
      `状态曾与日志不一致：${customers} 位客户不同，现已更正。不会重复发布。`,
    resumed: (partition: number, offset: string) =>
      `分区 ${partition}：从偏移 ${offset} 继续，上次重建在此结束。`,
    halted: '若 scorer 曾停读某分区，重新启动后会再次读取。',
    epochColumns: ['分区', '偏移', '客户', '更正', '未知', '纪元'],
    epochBegan: (corrections: string) =>
      `新纪元已开始：${corrections} 位客户的等级与已发布的不同，更正已发布。请启动 scorer。`,
    cutAt: (partition: number, start: string) =>
      `分区 ${partition}：偏移 ${start} 之前的记录已删除。更早的订单、投诉等不再计入，未另行保存的汇率与校准亦然。`,
    unknown: (partition: number, count: string) =>
      `分区 ${partition}：有 ${count} 位客户在日志中已无任何记录，在发生新事件之前保持已发布的等级。`,
    scorerRuns: (partition: number) =>
      `其间有 scorer 取走了分区 ${partition}：请先停止 scorer，再重新运行。状态未被替换。`,
    noCustomerEpoch: '--new-epoch 针对整个分区：请勿同时使用 --customer。',
    newEpochHint: '请先停止 scorer，再运行 ./strata rebuild --new-epoch。',
    bothGiven: '--partition 与 --customer 不能同时使用。',
    notAPartition: (text: string, count: number) =>
      `--partition 须为 0 到 ${count - 1} 的数字，而非“${text}”。`,
    otherFold: (partition: number, stored: number, own: number) =>
      `分区 ${partition} 由折叠函数版本 ${stored} 处理，本程序为版本 ${own}：结果可能不同，无法给出相同的编号，需要新纪元。`,
    logCut: (partition: number, start: string) =>
      `分区 ${partition} 的客户日志从偏移 ${start} 开始：更早的记录已删除，无法重新折叠，需要新纪元。`,
    restless: '该分区每次查看都在前进：请在写入较少时重试。',
    customerSame: (partition: number, upTo: string) =>
      `该客户的存储状态与日志分区 ${partition} 截至偏移 ${upTo} 的结果一致。`,
    customerReplaced: (partition: number, what: string) =>
      `该客户的存储状态与日志分区 ${partition} 的结果不同，差异：${what}。现已替换。`,
  },
});
