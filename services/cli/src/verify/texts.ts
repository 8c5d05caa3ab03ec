import { catalogue } from '../messages/texts.ts';
import type { FindingKind } from './finding.ts';

type Sentence = (count: string) => string;

const EN: Readonly<Record<FindingKind, Sentence>> = {
  'not-begun': () => 'the bookkeeping of the partition is gone though records were folded',
  'other-fold-version': () =>
    'it was folded by another version of the fold: verify with that version, or ./strata rebuild --new-epoch',
  'other-partition-count': () => 'the stack was opened with another number of partitions',
  'hash-differs': () => 'the rolling hash of the decisions differs',
  'numbers-differ': (n) => `the numbers of ${n} output topics differ`,
  'partition-state-differs': () => 'the state of the partition as a whole differs',
  'customers-missing': (n) => `${n} customers are missing in the store`,
  'customers-extra': (n) => `${n} customers are in the store and not in the log`,
  'customers-different': (n) => `${n} customers differ`,
  'customers-unreadable': (n) => `${n} customers cannot be read`,
  'due-missing': (n) => `${n} customers are not in the due index and would be settled late`,
  'due-unknown': (n) => `the due index names ${n} customers whom nobody knows`,
  'outbox-broken': (n) => `${n} outputs in the outbox are out of order or missing`,
  'outputs-missing': (n) => `${n} outputs were given and are neither published nor waiting`,
  'outputs-different': (n) => `${n} published outputs say something else`,
  'outputs-unknown': (n) => `${n} published outputs are of a later epoch than the state`,
  'tiers-stale': (n) => `${n} customers stand in strata.tiers.v1 with an older tier last`,
  'tiers-missing': (n) => `${n} customers are missing in strata.tiers.v1`,
};

const ZH: Readonly<Record<FindingKind, Sentence>> = {
  'not-begun': () => '已折叠过记录，但分区的账目丢失',
  'other-fold-version': () =>
    '由另一版本的折叠函数处理：请用该版本核验，或运行 ./strata rebuild --new-epoch',
  'other-partition-count': () => '该栈建立时的分区数不同',
  'hash-differs': () => '决定的滚动哈希不一致',
  'numbers-differ': (n) => `${n} 个输出主题的编号不一致`,
  'partition-state-differs': () => '分区整体状态不一致',
  'customers-missing': (n) => `存储中缺少 ${n} 位客户`,
  'customers-extra': (n) => `存储中有 ${n} 位日志中没有的客户`,
  'customers-different': (n) => `${n} 位客户的状态不一致`,
  'customers-unreadable': (n) => `${n} 位客户的状态无法读取`,
  'due-missing': (n) => `${n} 位客户不在到期索引中，将被迟结算`,
  'due-unknown': (n) => `到期索引中有 ${n} 位无人知晓的客户`,
  'outbox-broken': (n) => `发件箱中有 ${n} 条输出次序错乱或缺失`,
  'outputs-missing': (n) => `${n} 条输出已编号，但既未发布也不在发件箱中`,
  'outputs-different': (n) => `${n} 条已发布的输出内容不同`,
  'outputs-unknown': (n) => `${n} 条已发布的输出属于比状态更新的纪元`,
  'tiers-stale': (n) => `${n} 位客户在 strata.tiers.v1 中最后一条不是最新等级`,
  'tiers-missing': (n) => `strata.tiers.v1 中缺少 ${n} 位客户`,
};

/** What `./strata verify` says. */
export const verifyTexts = catalogue({
  en: {
    folding: 'Folding the log again',
    records: 'records',
    checking: 'Checking',
    partitions: 'partitions',
    columns: [
      'partition',
      'offsets',
      'customers',
      'decisions',
      'changes',
      'repeats',
      'waiting',
      'hash',
      'result',
    ],
    selfColumns: ['partition', 'next', 'customers', 'outbox', 'hash', 'result'],
    same: 'same',
    sound: 'sound',
    differs: 'DIFFERS',
    at: (partition: number) => `Partition ${partition}`,
    finding: EN,
    countsDiffer: 'The topics of the outputs do not have as many partitions as the customer log.',
    allSame: (records: string, customers: string) =>
      `The log gives what the store and the topics hold: ${records} records, ${customers} customers.`,
    allSound:
      'What the store and the topics hold fits together. Whether it is what the log gives, --from-log finds out.',
    notSame:
      'What was found differs from what the log gives. ./strata rebuild makes the state anew.',
    notSound: 'What was found does not fit together. ./strata verify --from-log looks closer.',
    logCut: (partition: number, start: string) =>
      `The customer log of partition ${partition} begins at offset ${start}: what came before is gone, so nothing can be folded from the beginning.`,
    restless: (partition: number) =>
      `Partition ${partition} moved on at every look, or went back, while it was compared: try again when less is written.`,
  },
  zh: {
    folding: '正在重新折叠日志',
    records: '条记录',
    checking: '正在检查',
    partitions: '个分区',
    columns: ['分区', '偏移', '客户', '决定', '变更', '重复', '待发', '哈希', '结果'],
    selfColumns: ['分区', '下一偏移', '客户', '发件箱', '哈希', '结果'],
    same: '一致',
    sound: '正常',
    differs: '不一致',
    at: (partition: number) => `分区 ${partition}`,
    finding: ZH,
    countsDiffer: '输出主题的分区数与客户日志不同。',
    allSame: (records: string, customers: string) =>
      `存储和主题中的内容与日志一致：${records} 条记录，${customers} 位客户。`,
    allSound: '存储与主题彼此相符。是否与日志一致，请用 --from-log 核验。',
    notSame: '核验结果与日志不一致。请用 ./strata rebuild 重建状态。',
    notSound: '存储与主题彼此不符。请用 ./strata verify --from-log 进一步核验。',
    logCut: (partition: number, start: string) =>
      `分区 ${partition} 的客户日志从偏移 ${start} 开始：更早的记录已删除，无法从头折叠。`,
    restless: (partition: number) =>
      `比对期间分区 ${partition} 每次查看都在前进或发生了回退：请在写入较少时重试。`,
  },
});
