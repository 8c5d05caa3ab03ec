import { catalogue } from '../messages/texts.ts';

interface MovedWords {
  readonly moved: string;
  readonly graded: string;
  readonly up: string;
  readonly down: string;
}

interface LackWords {
  readonly place: string;
  readonly population: string;
  readonly minimum: string;
}

/** What `calibrate` says. */
export const calibrateTexts = catalogue({
  en: {
    reading: 'Reading customers',
    counting: 'Taking the census',
    scoring: 'Ranking by score',
    comparing: 'Comparing tiers before and after',
    customers: 'customers',
    restless: (partition: number) =>
      `Partition ${partition} changed each time that it was looked at, so what it holds at one instant could not be read. Nothing was published. Run it again when fewer events come in.`,
    clocksApart:
      'The clock mark has not reached everybody: some customers are ahead of their partition. Nothing was published. Wait until the import has ended, or move the clock on with ./strata import ... --until DATE.',
    nothingYet:
      'There is nobody to calibrate by: the stack has no customers yet. Nothing was published. Import or send events first.',
    noSet: 'No policy is in force. Publish one with ./strata policy publish FILE.',
    unsettled:
      'Not every partition grades by the policy in force yet. Nothing was published. Wait until ./strata status shows that all of them do, and run it again.',
    nothingToCalibrate: (names: string) =>
      `The policy set (${names}) has no quantiles, no shares and no dimension of customer value: there is nothing to calibrate.`,
    noSuchSet: (name: string) =>
      `No policy set with the id '${name}' was ever published. Give the id of one, the path of a file or the name of a preset.`,
    set: (names: string, id: string) => `Policy set ${id} (${names})`,
    read: (customers: string, partitions: string, records: string) =>
      `Read: ${customers} customers of ${partitions} partitions, folded from ${records} records`,
    inputs: (list: string) => `Up to the offsets ${list}`,
    id: (id: string) => `Calibration ${id}`,
    first: 'It is the first one of this set: no border has moved.',
    borders: 'Borders (before, now, moved):',
    kinds: {
      quantile: (name: string, part: string) => `${name}, end of bucket ${part}`,
      share: (name: string) => `${name}, score to enter`,
      model: (name: string, part: string) => `${name}, ${part}`,
      parameter: (name: string, part: string) => `${name}, parameter ${part}`,
    },
    meanings: {
      purchase_rate: 'purchases a day',
      drop_out: 'chance to be gone after a purchase',
      spend: 'spend of a transaction',
    },
    columns: ['', 'before', 'now', 'moved', ''] as readonly string[],
    beyond: 'beyond the limit',
    bordersMoved: (moved: string, all: string) => `Borders moved: ${moved} of ${all}`,
    customersMoved: ({ moved, graded, up, down }: MovedWords) =>
      `Customers moved: ${moved} of ${graded} (${up} up, ${down} down)`,
    notInForce: 'The set is not in force, so nobody would move by it now.',
    way: (from: string, to: string, customers: string) => `${from} -> ${to}: ${customers}`,
    lacks: {
      'too-few': ({ place, population, minimum }: LackWords) =>
        `${place}: ${population} customers have a value and minimum_population asks for ${minimum}`,
      'no-revenue': ({ place }: LackWords) =>
        `${place}: nobody brought revenue in the window, so there is nothing to share`,
      'too-few-repeats': ({ place, population, minimum }: LackWords) =>
        `${place}: of ${population} customers who bought fewer than ${minimum} came back on another day`,
      'did-not-converge': ({ place }: LackWords) =>
        `${place}: the model did not converge, its likelihood has no top`,
    },
    lackRemedy:
      'Nothing was published, and the borders in force stay. Wait for more customers, lower minimum_population in the policy, or let these dimensions score as missing with --accept-missing.',
    held: (borders: string) =>
      `Held back: ${borders} moved beyond the limit of the policy. Nothing was published. Look at why; if it is right, publish with --accept-drift.`,
    dryRun: 'Dry run: nothing was published.',
    ask: 'Publish this calibration? [y/N] ',
    notAsked:
      'Nothing was published: nobody is at a terminal to be asked. Publish with --yes, or look with --dry-run.',
    declined: 'Nothing was published.',
    published: (number: string) =>
      `Published as number ${number}: every partition grades by it, and everybody has passed it.`,
    publishedAhead: (number: string) =>
      `Published as number ${number}: the set will grade by it from its first instant. Put it in force with ./strata policy publish.`,
    unchanged: 'The very same calibration is in force already: nothing was published.',
    notDue: (at: string, due: string) =>
      `Not due: the last calibration is of ${at}, the next one is due at ${due}.`,
    noSchedule:
      'The policy says nothing about when: write calibration: {every: 7d} into it, or leave out --if-due.',
  },
  zh: {
    reading: '正在读取客户',
    counting: '正在普查',
    scoring: '正在按评分排序',
    comparing: '正在比较前后等级',
    customers: '个客户',
    restless: (partition: number) =>
      `分区 ${partition} 每次查看时都有变化，无法读出同一时刻的内容。未发布任何内容。请在事件较少时重试。`,
    clocksApart:
      '时钟标记尚未到达所有客户：部分客户的时钟领先于其分区。未发布任何内容。请等待导入结束，或用 ./strata import ... --until DATE 推进时钟。',
    nothingYet: '尚无可用于校准的客户：栈中还没有客户。未发布任何内容。请先导入或发送事件。',
    noSet: '尚无生效的策略。请用 ./strata policy publish FILE 发布。',
    unsettled:
      '尚有分区未按生效的策略定级。未发布任何内容。请等待 ./strata status 显示全部就绪后重试。',
    nothingToCalibrate: (names: string) =>
      `策略集（${names}）没有分位数、占比或客户价值维度，没有可校准的内容。`,
    noSuchSet: (name: string) =>
      `从未发布过编号为“${name}”的策略集。请写已发布策略集的编号、文件路径或预设名称。`,
    set: (names: string, id: string) => `策略集 ${id}（${names}）`,
    read: (customers: string, partitions: string, records: string) =>
      `已读取：${partitions} 个分区的 ${customers} 个客户，由 ${records} 条记录折叠而成`,
    inputs: (list: string) => `截至位点 ${list}`,
    id: (id: string) => `校准 ${id}`,
    first: '这是该策略集的首次校准：没有门槛变动。',
    borders: '门槛（之前、现在、变动）：',
    kinds: {
      quantile: (name: string, part: string) => `${name}，第 ${part} 档上界`,
      share: (name: string) => `${name}，升入评分`,
      model: (name: string, part: string) => `${name}，${part}`,
      parameter: (name: string, part: string) => `${name}，参数 ${part}`,
    },
    meanings: {
      purchase_rate: '每日购买次数',
      drop_out: '购买后流失的概率',
      spend: '每次交易的金额',
    },
    columns: ['', '之前', '现在', '变动', ''] as readonly string[],
    beyond: '超出上限',
    bordersMoved: (moved: string, all: string) => `变动的门槛：${moved} / ${all}`,
    customersMoved: ({ moved, graded, up, down }: MovedWords) =>
      `变动的客户：${moved} / ${graded}（升 ${up}，降 ${down}）`,
    notInForce: '该策略集未生效，目前无人因此变动。',
    way: (from: string, to: string, customers: string) => `${from} -> ${to}：${customers}`,
    lacks: {
      'too-few': ({ place, population, minimum }: LackWords) =>
        `${place}：有值的客户 ${population} 个，而 minimum_population 要求 ${minimum} 个`,
      'no-revenue': ({ place }: LackWords) => `${place}：窗口内没有收入，无可分占比`,
      'too-few-repeats': ({ place, population, minimum }: LackWords) =>
        `${place}：购买过的客户 ${population} 个，其中另一日再次购买的不足 ${minimum} 个`,
      'did-not-converge': ({ place }: LackWords) => `${place}：模型未收敛，似然函数没有极大值`,
    },
    lackRemedy:
      '未发布任何内容，生效的门槛保持不变。请等待更多客户，或在策略中调低 minimum_population，或用 --accept-missing 让这些维度按缺失值计分。',
    held: (borders: string) =>
      `已搁置：${borders} 的变动超出策略的上限。未发布任何内容。请查明原因；若无误，请用 --accept-drift 发布。`,
    dryRun: '试运行：未发布任何内容。',
    ask: '是否发布此校准？[y/N] ',
    notAsked: '未发布任何内容：没有可询问的终端。请加 --yes 发布，或用 --dry-run 查看。',
    declined: '未发布任何内容。',
    published: (number: string) => `已发布，编号 ${number}：所有分区均按其定级，所有客户均已应用。`,
    publishedAhead: (number: string) =>
      `已发布，编号 ${number}：该策略集自生效之时起即按其定级。请用 ./strata policy publish 使其生效。`,
    unchanged: '完全相同的校准已经生效：未发布任何内容。',
    notDue: (at: string, due: string) => `尚未到期：上次校准为 ${at}，下次应在 ${due}。`,
    noSchedule: '策略未说明何时校准：请在其中写 calibration: {every: 7d}，或去掉 --if-due。',
  },
});
