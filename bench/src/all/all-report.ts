import { tableText } from '@strata/cli';
import type { Language } from '@strata/contracts';
import type { BenchReport } from '../bench-report.ts';
import { type FiguresReport, numberText } from '../figures-report.ts';
import type { Machine } from '../machine.ts';
import {
  type Answer,
  QUESTION_IDS,
  QUESTIONS,
  type QuestionId,
  type Verdict,
  verdictOf,
} from '../questions.ts';

/** A row of the table. */
export interface AllRow {
  readonly question: QuestionId;
  readonly verdict: Verdict;
  readonly answer: Answer | null;
  /** Why it is missed, where the figure alone does not say so. */
  readonly reason: string | null;
}

/** What `./strata bench all` writes. */
export interface AllReport {
  readonly benchmark: 'all';
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly minutes: number;
  readonly rows: readonly AllRow[];
  readonly reports: readonly (BenchReport | FiguresReport)[];
}

/** The table from what has been measured; `failures` says of a question why there is no figure. */
export function rowsOf(
  answers: readonly Answer[],
  failures: ReadonlyMap<QuestionId, string>,
): AllRow[] {
  return QUESTION_IDS.map((question) => {
    const answer = answers.find((one) => one.question === question);
    const reason =
      answer === undefined
        ? (failures.get(question) ?? 'no benchmark has answered it')
        : (answer.missed ?? null);
    return { question, verdict: verdictOf(question, answer), answer: answer ?? null, reason };
  });
}

const TEXTS = {
  en: {
    columns: ['question', 'at least', 'aim', 'measured', 'verdict'],
    verdicts: { aim: 'reaches the aim', reached: 'enough', missed: 'MISSED' },
    none: 'not measured',
    quick: 'Small sizes (--quick): the verdicts are of these, not of the sizes in the questions.\n',
    machine: ({ machine: it, minutes }: AllReport) =>
      `${it.startedAt}: ${it.cores} cores (${it.cpu}), ${it.memoryGiB} GiB, Node ${it.node}; load ${it.loadBefore} before; ${minutes} min. Median (range of the rounds).`,
  },
  zh: {
    columns: ['问题', '至少', '目标', '实测', '结论'],
    verdicts: { aim: '达到目标', reached: '达标', missed: '未达标' },
    none: '未测得',
    quick: '小规模（--quick）：结论针对这一规模，而非问题中的规模。\n',
    machine: ({ machine: it, minutes }: AllReport) =>
      `${it.startedAt}：${it.cores} 核（${it.cpu}），${it.memoryGiB} GiB，Node ${it.node}；之前负载 ${it.loadBefore}；${minutes} 分钟。中位数（各轮范围）。`,
  },
} as const;

/** The table as a person reads it. */
export function allText(report: AllReport, language: Language): string {
  const texts = TEXTS[language];
  const rows = report.rows.map(({ question, verdict, answer, reason }) => {
    const { text, better, atLeast, aim, unit } = QUESTIONS[question];
    const border = (value: number): string =>
      `${better === 'lower' ? '<= ' : ''}${withUnit(value, unit)}`;
    return [
      text[language],
      border(atLeast),
      border(aim),
      answer === null ? texts.none : measuredText(answer, unit),
      texts.verdicts[verdict] + (reason === null ? '' : `: ${reason}`),
    ];
  });
  const quick = report.isQuick ? texts.quick : '';
  return `${tableText([texts.columns, ...rows])}\n\n${quick}${texts.machine(report)}\n`;
}

function measuredText({ measured, size }: Answer, unit: string): string {
  const { median, min, max } = measured;
  const range = min === max ? '' : ` (${numberText(min)}-${numberText(max)})`;
  return `${withUnit(median, unit)}${range}${size === undefined ? '' : `, ${size}`}`;
}

function withUnit(value: number, unit: string): string {
  const number = Number.isInteger(value) ? value.toLocaleString('en-US') : numberText(value);
  return unit === 'bytes' ? `${number} bytes` : `${number}${unit}`;
}
