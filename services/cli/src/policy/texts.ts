import { catalogue } from '../messages/texts.ts';

/** What the commands about published policies can say. */
export const policyTexts = catalogue({
  en: {
    none: 'No policy is published yet: publish one with ./strata policy publish FILE.',
    unknown: (name: string) =>
      `Nothing that was published is called '${name}'. See what was with ./strata policy list; a file is called by its path.`,
    columns: [
      'No.',
      'Set',
      'Policies',
      'Published',
      'By',
      'State',
      'Told from',
    ] as readonly string[],
    because: (number: number, reason: string) => `  ${number}: ${reason}`,
    reasons: 'Why:',
    standings: { 'in-force': 'in force', former: 'former', void: 'void' },
    announced: (steps: number | null) =>
      steps === null ? 'none' : steps === 0 ? 'all' : `${steps} steps`,
    head: (number: number, id: string, standing: string) =>
      `Publication ${number}, policy set ${id} (${standing})`,
    publishedBy: (by: string, at: string) => `Published by ${by} at ${at}`,
    reason: (text: string) => `Why: ${text}`,
    told: (steps: number | null) =>
      steps === null
        ? 'The changes that it brought were told as backfill.'
        : steps === 0
          ? 'The changes that it brought were told to everybody.'
          : `The changes that it brought were told to everybody from ${steps} steps of the ladder on, the others as backfill.`,
  },
  zh: {
    none: '尚未发布任何策略：请用 ./strata policy publish 文件 发布。',
    unknown: (name: string) =>
      `没有名为“${name}”的已发布策略。可用 ./strata policy list 查看；若是文件，请写路径。`,
    columns: [
      '编号',
      '策略集',
      '策略',
      '发布时间',
      '发布者',
      '状态',
      '通知起点',
    ] as readonly string[],
    because: (number: number, reason: string) => `  ${number}：${reason}`,
    reasons: '原因：',
    standings: { 'in-force': '生效中', former: '曾生效', void: '未生效' },
    announced: (steps: number | null) =>
      steps === null ? '不通知' : steps === 0 ? '全部' : `${steps} 级起`,
    head: (number: number, id: string, standing: string) =>
      `第 ${number} 号发布，策略集 ${id}（${standing}）`,
    publishedBy: (by: string, at: string) => `由 ${by} 于 ${at} 发布`,
    reason: (text: string) => `原因：${text}`,
    told: (steps: number | null) =>
      steps === null
        ? '由此带来的等级变更均以回填方式发出。'
        : steps === 0
          ? '由此带来的等级变更均已通知。'
          : `由此带来的等级变更中，跨 ${steps} 级及以上的已通知，其余以回填方式发出。`,
  },
});
